// The credentials file of docker, podman and skopeo. Spec: docker/cli config.json, and
// containers-auth.json(5).
#pragma once

#include "common/core/secret.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::registry {

/// What proves to a registry who is asking. Exactly one of the forms is set.
struct Credential {
    std::string username{};
    core::Secret password{};
    core::Secret identity_token{};  // exchanged for short-lived tokens at a token service
    core::Secret registry_token{};  // sent as a bearer token as it is
};

/// A parsed file. Keys of `auths` are kept as "host[:port][/path]".
class DockerConfig {
  public:
    /// Unknown members are ignored. Errors: malformed.
    [[nodiscard]] static DockerConfig parse(std::string_view text);

    /// The helper that `credHelpers` names for a registry.
    [[nodiscard]] std::optional<std::string> helper_for(std::string_view registry) const;

    /// The helper for every registry without one of its own, `credsStore`.
    [[nodiscard]] const std::optional<std::string>& default_helper() const noexcept {
        return default_helper_;
    }

    /// The entry of `auths` with the longest key that is "registry/repository", a parent of it or
    /// the registry. An entry that holds no credential counts as none.
    [[nodiscard]] std::optional<Credential> stored_for(std::string_view registry,
                                                       std::string_view repository) const;

  private:
    std::map<std::string, Credential, std::less<>> stored_;
    std::map<std::string, std::string, std::less<>> helpers_;
    std::optional<std::string> default_helper_;
};

/// The server name under which docker keeps a registry's credentials: the registry itself, but
/// "https://index.docker.io/v1/" for Docker Hub.
[[nodiscard]] std::string credential_key(std::string_view registry);

/// Credentials from the JSON that a `docker-credential-* get` prints. Errors: malformed.
[[nodiscard]] Credential parse_helper_answer(std::string_view text);

}  // namespace modelseal::registry
