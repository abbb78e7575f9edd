#include "common/registry/auth/docker_config.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::registry {

namespace {

/// "https://host/v1/" and "host/" are "host"; "host/team/model" (podman) stays.
std::string normal_key(std::string_view key) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (key.starts_with(scheme)) {
            key.remove_prefix(scheme.size());
        }
    }
    while (key.ends_with('/')) {
        key.remove_suffix(1);
    }
    for (const std::string_view version : {"/v1", "/v2"}) {
        if (key.ends_with(version)) {
            key.remove_suffix(version.size());
        }
    }
    std::string normal(key);
    for (const std::string_view alias : {"index.docker.io", "registry-1.docker.io"}) {
        if (normal == alias) {
            normal = "docker.io";
        }
    }
    return normal;
}

/// base64("user:password"); a colon in the password is fine.
void set_basic(Credential& credential, std::string_view encoded) {
    const auto decoded = core::from_base64(encoded);
    const std::string_view text = decoded ? core::as_text(*decoded) : std::string_view();
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        throw core::Error(core::ErrorKind::malformed, "\"auth\" is not base64 of USER:PASSWORD");
    }
    credential.username = text.substr(0, colon);
    // Docker pads some values with NUL.
    const std::string_view password = text.substr(colon + 1);
    credential.password = core::Secret(password.substr(0, password.find('\0')));
}

Credential parse_entry(const core::Json& entry) {
    if (!entry.is_object()) {
        throw core::Error(core::ErrorKind::malformed, "it is not a JSON object");
    }
    Credential credential;
    credential.username = core::optional_string(entry, "username").value_or("");
    credential.password = core::Secret(core::optional_string(entry, "password").value_or(""));
    credential.identity_token =
        core::Secret(core::optional_string(entry, "identitytoken").value_or(""));
    credential.registry_token =
        core::Secret(core::optional_string(entry, "registrytoken").value_or(""));
    if (const auto encoded = core::optional_string(entry, "auth"); encoded && !encoded->empty()) {
        set_basic(credential, *encoded);
    }
    return credential;
}

bool holds_something(const Credential& credential) {
    return !credential.password.empty() || !credential.identity_token.empty() ||
           !credential.registry_token.empty();
}

/// A name that can only mean a program on PATH.
std::string checked_helper(const std::string& name) {
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
    if (!plain) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat(core::in_quotes(name), " cannot be the name of a credential helper"));
    }
    return name;
}

}  // namespace

DockerConfig DockerConfig::parse(std::string_view text) {
    DockerConfig config;
    const core::Json json = core::parse_json(text);
    if (!json.is_object()) {
        throw core::Error(core::ErrorKind::malformed, "it is not a JSON object");
    }
    if (core::find(json, "auths") != nullptr) {
        for (const auto& [key, entry] : core::require_object(json, "auths").items()) {
            core::with_context(core::concat("reading the entry ", core::in_quotes(key)),
                               [&, &k = key, &e = entry] {
                                   config.stored_.insert_or_assign(normal_key(k), parse_entry(e));
                               });
        }
    }
    if (core::find(json, "credHelpers") != nullptr) {
        const core::Json& helpers = core::require_object(json, "credHelpers");
        for (const auto& item : helpers.items()) {
            config.helpers_.insert_or_assign(
                normal_key(item.key()), checked_helper(core::require_string(helpers, item.key())));
        }
    }
    if (const auto store = core::optional_string(json, "credsStore"); store && !store->empty()) {
        config.default_helper_ = checked_helper(*store);
    }
    return config;
}

std::optional<std::string> DockerConfig::helper_for(std::string_view registry) const {
    const auto found = helpers_.find(normal_key(registry));
    return found == helpers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Credential> DockerConfig::stored_for(std::string_view registry,
                                                   std::string_view repository) const {
    const std::string host = normal_key(registry);
    std::string key = core::concat(host, '/', repository);
    while (key.size() >= host.size()) {
        const auto found = stored_.find(key);
        if (found != stored_.end() && holds_something(found->second)) {
            return found->second;
        }
        const std::size_t slash = key.rfind('/');
        if (slash == std::string::npos) {
            break;
        }
        key.resize(slash);
    }
    return std::nullopt;
}

std::string credential_key(std::string_view registry) {
    const std::string normal = normal_key(registry);
    return normal == "docker.io" ? "https://index.docker.io/v1/" : normal;
}

Credential parse_helper_answer(std::string_view text) {
    const core::Json json = core::parse_json(text);
    Credential credential;
    credential.username = core::require_string(json, "Username");
    core::Secret secret(core::require_string(json, "Secret"));
    if (credential.username == "<token>") {
        credential.username.clear();
        credential.identity_token = std::move(secret);
    } else {
        credential.password = std::move(secret);
    }
    return credential;
}

}  // namespace modelseal::registry
