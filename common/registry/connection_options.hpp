// How a registry is reached, as the command line says it.
#pragma once

#include "common/core/secret.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modelseal::registry {

struct ConnectionOptions {
    bool plain_http = false;          // "localhost" is plain without being asked, as in oras
    bool insecure = false;            // any certificate will do
    std::filesystem::path ca_file{};  // trusted beside the system's authorities
    std::string username{};
    core::Secret password{};
    std::vector<std::filesystem::path> registry_configs{};  // instead of the usual places
    std::vector<std::string> mount_from{};  // repositories of the same registry to take blobs from
    std::string user_agent = "modelseal";
};

}  // namespace modelseal::registry
