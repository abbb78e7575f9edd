// Where an identity token comes from when nobody gives one: the CI system or cloud that this runs
// in. Names and order are cosign's. Spec: cosign, pkg/providers.
#pragma once

#include "common/core/variables.hpp"
#include "common/http/transport.hpp"
#include "common/services/identity_token.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::services {

enum class TokenProvider {
    envvar,                    // SIGSTORE_ID_TOKEN, which is also GitLab's way
    filesystem,                // a file that Kubernetes projects
    github_actions,            // the token service of a job with `permissions: id-token: write`
    buildkite_agent,           // named, and refused with a way around
    google_workload_identity,  // the metadata server of a Google machine
    google_impersonate,        // named, and refused with a way around
    spiffe,                    // named, and refused with a way around
};

/// As --oidc-provider names it: "github-actions".
[[nodiscard]] std::string_view to_string(TokenProvider provider) noexcept;

/// Errors: usage, with all names.
[[nodiscard]] TokenProvider parse_token_provider(std::string_view name);

/// What providers take from the outside world.
struct TokenSources {
    const core::Variables& variables;  // outlives this
    http::Transport& transport;        // outlives this
    std::filesystem::path token_file = "/var/run/sigstore/cosign/oidc-token";
    std::filesystem::path product_name_file = "/sys/class/dmi/id/product_name";
    std::string google_metadata = "http://metadata.google.internal";
};

/// Which token is wanted.
struct TokenRequest {
    std::optional<core::Secret> given{};      // by --identity-token: the token itself
    std::optional<TokenProvider> provider{};  // by --oidc-provider: only this one
    std::string audience = std::string(default_audience);
};

/// Errors: usage (not_configured), with what to do, when `request` names no token and no provider
/// and none is there. Nobody is asked.
void require_token_source(const TokenSources& sources, const TokenRequest& request);

/// The token that was given, else that of the provider that was named, else that of the first
/// provider that is there. Nothing is contacted that does not announce itself: a metadata server
/// only when it was named or the machine says that it is Google's. Not checked for its time or
/// audience (IdentityToken::check_usable()). Errors: usage (not_configured) when there is none,
/// with what to do; malformed, denied, unavailable, not_found, io of the provider;
/// usage (unsupported) for one that this version does not know.
[[nodiscard]] IdentityToken obtain_identity_token(const TokenSources& sources,
                                                  const TokenRequest& request);

}  // namespace modelseal::services
