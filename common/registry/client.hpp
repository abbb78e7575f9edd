// Requests to one registry, with the authentication it asks for. Spec: RFC 9110 section 11.
#pragma once

#include "common/core/error.hpp"
#include "common/core/secret.hpp"
#include "common/http/transport.hpp"
#include "common/registry/docker_config.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace modelseal::registry {

class Client {
  public:
    /// Called when the registry asks who is there, until it gave a credential.
    using CredentialSource = std::function<std::optional<Credential>()>;

    /// `origin` is where credentials may go: scheme, host and port count.
    Client(std::unique_ptr<http::Transport> transport,
           http::Url origin,
           CredentialSource credentials);

    /// Sends a request and returns the answer, whatever its status but 401. Credentials go to the
    /// registry's own origin only, and only after it asked for them once.
    /// Errors: denied; those of http::Transport::send and of the credential source.
    [[nodiscard]] http::Response send(http::Request request);

  private:
    [[nodiscard]] core::Secret authorization() const;
    void authenticate(const http::Response& refusal);
    [[nodiscard]] core::Error unknown_user() const;

    std::unique_ptr<http::Transport> transport_;
    http::Url origin_;
    CredentialSource credentials_;
    mutable std::mutex mutex_;
    core::Secret authorization_;  // the value of the Authorization header; empty: not asked yet
};

}  // namespace modelseal::registry
