// How a registry is reached, as the command line says it.
#pragma once

#include "common/core/secret.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/registry/auth/host_certificates.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::registry {

struct ConnectionOptions {
    bool plain_http = false;                  // no TLS
    bool tls_only = false;                    // TLS, whatever the registry is called
    bool insecure = false;                    // any certificate will do
    std::filesystem::path ca_file{};          // trusted beside the system's authorities
    std::optional<CertificatePair> client{};  // shown to this registry alone
    std::vector<std::filesystem::path> certificate_folders{};  // certs.d; empty: the usual ones
    std::string username{};
    core::Secret password{};
    core::Secret registry_token{};  // a bearer token that is sent as it is, instead of those two
    std::vector<std::filesystem::path> registry_configs{};  // instead of the usual places
    bool for_push = false;                                  // a token that allows pushing, too
    std::vector<std::string> mount_from{};  // repositories of the same registry to take blobs from
    std::optional<std::uint64_t> chunk_size{};  // of uploads, in bytes; else as the registry likes
    std::string mirror_of{};                    // the registry whose content this one mirrors
    http::RetryOptions retry{};
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds stall_timeout{60};
    std::chrono::seconds short_timeout{120};  // of a request that moves no blob
    std::string user_agent = "modelseal";
    std::string plain_http_advice = "a registry without it needs --plain-http";  // after a ';'

    /// Whether `registry` ("localhost:5000") is reached without TLS: when asked for, or, as in
    /// oras, when it is called localhost. There is no way back from TLS options to plain HTTP.
    [[nodiscard]] bool is_plain_for(std::string_view registry) const {
        const bool is_localhost = registry.substr(0, registry.find(':')) == "localhost";
        const bool wants_tls = tls_only || insecure || !ca_file.empty() || client;
        return plain_http || (is_localhost && !wants_tls);
    }
};

}  // namespace modelseal::registry
