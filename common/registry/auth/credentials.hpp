// Where credentials for a registry are looked for: files and helpers of docker, oras and podman.
#pragma once

#include "common/core/subprocess.hpp"
#include "common/core/variables.hpp"
#include "common/registry/auth/docker_config.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace modelseal::registry {

/// The files that are read, in this order, when none is named: $DOCKER_CONFIG/config.json,
/// $REGISTRY_AUTH_FILE, ~/.docker/config.json (unless DOCKER_CONFIG is set), then podman's
/// $XDG_RUNTIME_DIR/containers/auth.json and ${XDG_CONFIG_HOME:-~/.config}/containers/auth.json.
[[nodiscard]] std::vector<std::filesystem::path> default_credential_files(
    const core::Variables& variables);

class CredentialFinder {
  public:
    /// With `named` files only those are read, and each must exist. `subprocess` outlives this.
    CredentialFinder(std::vector<std::filesystem::path> named,
                     const core::Variables& variables,
                     core::Subprocess& subprocess);

    /// The first file that knows the registry decides; in a file credHelpers come before auths, and
    /// auths before credsStore. Nothing when no file knows it.
    /// Errors: not_found (a named file, a helper program), denied (a helper that fails), malformed,
    /// unavailable (a helper that does not end).
    [[nodiscard]] std::optional<Credential> find(std::string_view registry,
                                                 std::string_view repository) const;

  private:
    [[nodiscard]] std::optional<Credential> find_in(const DockerConfig& config,
                                                    std::string_view registry,
                                                    std::string_view repository) const;
    [[nodiscard]] std::optional<Credential> ask_helper(const std::string& helper,
                                                       std::string_view registry) const;

    std::vector<std::filesystem::path> files_;
    bool must_exist_;
    core::Subprocess& subprocess_;
};

}  // namespace modelseal::registry
