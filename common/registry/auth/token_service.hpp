// Getting bearer tokens. Spec: distribution "Token Authentication Specification", and its OAuth 2
// form for identity tokens.
#pragma once

#include "common/http/challenge.hpp"
#include "common/http/transport.hpp"
#include "common/registry/auth/docker_config.hpp"
#include "common/registry/auth/token_response.hpp"

#include <optional>
#include <set>
#include <string>

namespace modelseal::registry {

/// What a token may be used for: "repository:team/model:pull,push".
using Scopes = std::set<std::string>;

/// Where a registry sends those who want to use it.
struct TokenService {
    http::Url realm;
    std::string name{};                         // the `service` that the token is for
    http::Reach reach = http::Reach::anywhere;  // of the realm

    /// From a bearer challenge of `registry`. Errors: malformed (no realm, no URL), denied (a realm
    /// without TLS of a registry with TLS). `own` is own_reach().
    [[nodiscard]] static TokenService from(const http::Challenge& challenge,
                                           const http::Url& registry,
                                           http::Reach own);
};

/// The scopes that a challenge asks for, at most 16. Errors: malformed.
[[nodiscard]] Scopes scopes_of(const http::Challenge& challenge);

/// Both sets; what they allow on one repository becomes one scope, as some services read no more
/// than one for each.
[[nodiscard]] Scopes merge(const Scopes& left, const Scopes& right);

/// Asks for a token: with user name and password (GET), with an identity token (POST), or as
/// nobody. Redirects are not followed: what is sent are credentials. Errors: denied (the service
/// refuses, redirects, or stands where `reach` does not allow), unavailable, malformed.
[[nodiscard]] BearerToken fetch_token(http::Transport& transport,
                                      const TokenService& service,
                                      const Scopes& scopes,
                                      const std::optional<Credential>& credential);

/// The Authorization header of basic authentication. Spec: RFC 7617.
[[nodiscard]] core::Secret basic_authorization(const Credential& credential);

}  // namespace modelseal::registry
