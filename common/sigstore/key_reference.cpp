#include "common/sigstore/key_reference.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

/// Compiled into cosign; there is no program to run for them.
constexpr std::array<std::string_view, 6> built_into_cosign = {
    "awskms", "gcpkms", "azurekms", "hashivault", "k8s", "gitlab"};

[[noreturn]] void only_cosign_has(std::string_view scheme) {
    throw Error(ErrorKind::usage,
                Reason::unsupported,
                concat("keys at ",
                       scheme,
                       " are built into cosign only: sign with 'cosign sign --key ",
                       scheme,
                       "…' (its signatures verify here), or get the public key with "
                       "'cosign public-key --key ",
                       scheme,
                       "…'"));
}

bool is_plugin_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

KeyReference KeyReference::parse(std::string_view text) {
    if (text.starts_with("pkcs11:")) {
        only_cosign_has("pkcs11:");
    }
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos) {
        if (text.empty()) {
            throw Error(ErrorKind::usage, "--key is empty");
        }
        return {.place = KeyPlace::file, .name = std::string(text)};
    }
    const std::string_view scheme = text.substr(0, separator);
    const std::string_view rest = text.substr(separator + 3);
    if (std::find(built_into_cosign.begin(), built_into_cosign.end(), scheme) !=
        built_into_cosign.end()) {
        only_cosign_has(concat(scheme, "://"));
    }
    if (scheme == "http" || scheme == "https") {
        throw Error(ErrorKind::usage,
                    "a key is not read from the network: download it, check it, and name the file");
    }
    if (!is_plugin_name(scheme) || rest.empty()) {
        throw Error(
            ErrorKind::usage,
            concat(core::in_quotes(text), " is neither a file, env://VARIABLE nor PLUGIN://KEY"));
    }
    if (scheme == "env") {
        return {.place = KeyPlace::variable, .name = std::string(rest)};
    }
    return {.place = KeyPlace::plugin, .name = std::string(scheme), .resource = std::string(rest)};
}

}  // namespace modelseal::sigstore
