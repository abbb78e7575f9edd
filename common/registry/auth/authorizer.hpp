// Who we are to one registry: what it asks for is found out once and renewed before it runs out.
#pragma once

#include "common/core/error.hpp"
#include "common/core/secret.hpp"
#include "common/core/time.hpp"
#include "common/http/transport.hpp"
#include "common/registry/auth/docker_config.hpp"
#include "common/registry/auth/token_service.hpp"

#include <functional>
#include <mutex>
#include <optional>

namespace modelseal::registry {

/// Called when the registry asks who is there, until it gave a credential.
using CredentialSource = std::function<std::optional<Credential>()>;

/// The value of an Authorization header, and which one it is of those that there were.
struct Authorization {
    core::Secret header{};  // empty: the registry has not asked
    std::uint64_t serial = 0;
};

/// May be used from several threads; a token is fetched by one of them for all.
class Authorizer {
  public:
    /// `scopes` are asked for beside those that the registry names, so that one token serves a
    /// whole push. References outlive this object.
    Authorizer(http::Transport& transport,
               http::Url origin,
               CredentialSource credentials,
               Scopes scopes,
               const core::Clock& clock);

    /// What to send with the next request. Errors: those of fetch_token() when a token is about to
    /// run out.
    [[nodiscard]] Authorization current();

    /// What to send instead of `used`, which the registry answered with 401 and its challenges; by
    /// `own` (own_reach()) its own name may lead where it does.
    /// Errors: denied when there is nothing else to send; those of the credential source and of
    /// fetch_token(); malformed.
    [[nodiscard]] Authorization renew(const http::Response& refusal,
                                      const Authorization& used,
                                      http::Reach own);

    /// The error for a registry that refuses what renew() gave, too.
    [[nodiscard]] core::Error refused() const;

  private:
    void find_credential();
    void use_basic();
    void use_bearer(const http::Challenge& challenge, http::Reach own);
    void fetch();
    void set_header(core::Secret header);
    [[nodiscard]] core::Error denied(std::string_view what) const;
    [[nodiscard]] core::Error all_refused() const;

    http::Transport& transport_;
    http::Url origin_;
    CredentialSource credentials_;
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    Scopes wanted_;  // whatever the registry asks for
    std::optional<Credential> credential_;
    std::optional<TokenService> service_;      // set once the registry asked for a token
    Scopes scopes_;                            // of the token
    std::optional<core::Timestamp> renew_at_;  // of the token in `authorization_`
    Authorization authorization_;
};

}  // namespace modelseal::registry
