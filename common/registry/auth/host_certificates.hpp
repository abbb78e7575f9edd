// Certificates that docker and podman keep for a registry. Spec: containers-certs.d(5); docker's
// "Verify repository client with certificates".
#pragma once

#include "common/core/variables.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace modelseal::registry {

struct CertificatePair {
    std::filesystem::path certificate;
    std::filesystem::path key;

    bool operator==(const CertificatePair&) const = default;
};

struct HostCertificates {
    std::vector<std::filesystem::path> authorities{};
    std::optional<CertificatePair> client{};
};

/// ${XDG_CONFIG_HOME:-~/.config}/containers/certs.d, /etc/containers/certs.d, /etc/docker/certs.d.
[[nodiscard]] std::vector<std::filesystem::path> default_certificate_folders(
    const core::Variables& variables);

/// What the folders hold below "HOST:PORT", the registry as it stands in references: every *.crt is
/// an authority; the first *.cert with a *.key of the same name is the client's. Errors: not_found
/// (a certificate without its key), denied.
[[nodiscard]] HostCertificates find_host_certificates(
    const std::vector<std::filesystem::path>& folders, std::string_view registry);

}  // namespace modelseal::registry
