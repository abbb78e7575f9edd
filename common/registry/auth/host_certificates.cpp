#include "common/registry/auth/host_certificates.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(folder, error)) {
        return files;
    }
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        files.push_back(entry->path());
    }
    if (error) {
        throw core::system_error(error.value(),
                                 core::concat("listing ", core::in_quotes(folder.string())));
    }
    std::sort(files.begin(), files.end());
    return files;
}

CertificatePair pair_of(const std::filesystem::path& certificate) {
    CertificatePair pair{certificate, certificate};
    pair.key.replace_extension(".key");
    std::error_code ignored;
    if (!std::filesystem::exists(pair.key, ignored)) {
        throw core::Error(core::ErrorKind::not_found,
                          core::concat("the client certificate ",
                                       core::in_quotes(certificate.string()),
                                       " has no key beside it, ",
                                       core::in_quotes(pair.key.filename().string())));
    }
    return pair;
}

}  // namespace

std::vector<std::filesystem::path> default_certificate_folders(const core::Variables& variables) {
    std::vector<std::filesystem::path> folders;
    if (const auto config = variables.get_nonempty("XDG_CONFIG_HOME")) {
        folders.push_back(std::filesystem::path(*config) / "containers/certs.d");
    } else if (const auto home = variables.get_nonempty("HOME")) {
        folders.push_back(std::filesystem::path(*home) / ".config/containers/certs.d");
    }
    folders.emplace_back("/etc/containers/certs.d");
    folders.emplace_back("/etc/docker/certs.d");
    return folders;
}

HostCertificates find_host_certificates(const std::vector<std::filesystem::path>& folders,
                                        std::string_view registry) {
    HostCertificates found;
    for (const std::filesystem::path& folder : folders) {
        for (const std::filesystem::path& file : files_in(folder / registry)) {
            if (file.extension() == ".crt") {
                found.authorities.push_back(file);
            } else if (file.extension() == ".cert" && !found.client) {
                found.client = pair_of(file);
            }
        }
    }
    return found;
}

}  // namespace modelseal::registry
