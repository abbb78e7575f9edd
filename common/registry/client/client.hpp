// Requests to one registry, with the authentication it asks for. Spec: RFC 9110 section 11.
#pragma once

#include "common/core/time.hpp"
#include "common/http/transport.hpp"
#include "common/registry/auth/authorizer.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace modelseal::registry {

class Client {
  public:
    /// `origin` is where credentials may go: scheme, host and port count. `scopes` are asked for
    /// where the registry wants a token. `clock` outlives this object.
    Client(std::unique_ptr<http::Transport> transport,
           http::Url origin,
           CredentialSource credentials,
           Scopes scopes,
           const core::Clock& clock);

    /// Sends a request and returns the answer, whatever its status but a 401 of the registry.
    /// Credentials go to the
    /// registry's own origin only, and only after it asked for them once; to the token service that
    /// it names goes what docker's protocol says. Redirects of GET and HEAD are followed; when the
    /// place that they lead to refuses the request, as object stores do with an URL that has
    /// expired, the registry is asked for another one once.
    /// Errors: denied; malformed, unavailable (redirects without end); those of
    /// http::Transport::send and Authorizer::renew.
    [[nodiscard]] http::Response send(http::Request request);

    [[nodiscard]] core::Timestamp now() const { return clock_.now(); }

  private:
    [[nodiscard]] http::Response send_once(http::Request& request);
    [[nodiscard]] http::Response follow(http::Request request, http::Response response);
    [[nodiscard]] http::Response send_authorized(http::Request& request);
    [[nodiscard]] http::Response send_as(http::Request& request, const Authorization& who);

    std::unique_ptr<http::Transport> transport_;
    http::Url origin_;
    const core::Clock& clock_;
    Authorizer authorizer_;
    std::once_flag has_answered_;
    // Where the registry's name may lead: anywhere, until its first answer shows where that is.
    std::atomic<http::Reach> own_reach_ = http::Reach::anywhere;
};

}  // namespace modelseal::registry
