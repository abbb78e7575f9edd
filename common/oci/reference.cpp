#include "common/oci/reference.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::size_t longest_tag = 128;
constexpr std::size_t longest_name = 255;  // of registry and repository together
constexpr std::uint64_t highest_port = 65535;

bool is_lower_alphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_alphanumeric(char c) noexcept {
    return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

bool is_separator(std::string_view text) noexcept {
    return text == "." || text == "_" || text == "__" ||
           (!text.empty() && text.find_first_not_of('-') == std::string_view::npos);
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
bool is_name_component(std::string_view component) noexcept {
    while (true) {
        const auto* const end_of_word =
            std::find_if_not(component.begin(), component.end(), is_lower_alphanumeric);
        if (end_of_word == component.begin()) {
            return false;
        }
        component.remove_prefix(static_cast<std::size_t>(end_of_word - component.begin()));
        if (component.empty()) {
            return true;
        }
        const auto* const end_of_separator =
            std::find_if(component.begin(), component.end(), is_lower_alphanumeric);
        const auto length = static_cast<std::size_t>(end_of_separator - component.begin());
        if (!is_separator(component.substr(0, length))) {
            return false;
        }
        component.remove_prefix(length);
    }
}

bool is_repository_name(std::string_view name) {
    const auto components = core::split(name, '/');
    return std::all_of(components.begin(), components.end(), is_name_component);
}

/// "[::1]": brackets are required, what is between them is left to the resolver.
bool is_bracketed_address(std::string_view host) noexcept {
    return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
               std::string_view::npos;
}

bool is_host(std::string_view host) noexcept {
    const bool only_host_characters = std::all_of(host.begin(), host.end(), [](char c) {
        return is_alphanumeric(c) || c == '.' || c == '-';
    });
    return is_bracketed_address(host) ||
           (!host.empty() && only_host_characters && is_alphanumeric(host.front()) &&
            is_alphanumeric(host.back()));
}

/// host[:port]
bool is_registry(std::string_view registry) noexcept {
    const std::size_t colon = registry.rfind(':');
    if (colon == std::string_view::npos || registry.ends_with(']')) {
        return is_host(registry);
    }
    const auto port = core::parse_decimal(registry.substr(colon + 1));
    return port && *port > 0 && *port <= highest_port && is_host(registry.substr(0, colon));
}

/// Errors: usage, without the text, for USER:PASSWORD@HOST/NAME. Only a digest may follow an '@',
/// and there is no slash in one.
void refuse_user(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) {
        return;
    }
    const bool is_in_host = text.substr(0, at).find('/') == std::string_view::npos;
    if (is_in_host || text.substr(at).find('/') != std::string_view::npos || text.find('@') != at) {
        throw Error(ErrorKind::usage,
                    "the reference names a user before '@', and perhaps a password, so it is not "
                    "shown; give them by --username and --password-stdin");
    }
}

digest::Digest parse_digest(std::string_view text) {
    try {
        return digest::Digest::parse(text);
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, error.message());
    }
}

std::vector<Tag> parse_tags(std::string_view text) {
    std::vector<Tag> tags;
    for (const std::string& tag : core::split(text, ',')) {
        tags.push_back(Tag::parse(tag));
    }
    return tags;
}

/// Removes ":tag,tag" from the end of `text`. A colon before the last slash belongs to a port or a
/// path.
std::vector<Tag> take_tags(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    const std::size_t slash = text.rfind('/');
    if (colon == std::string_view::npos || (slash != std::string_view::npos && slash > colon)) {
        return {};
    }
    auto tags = parse_tags(text.substr(colon + 1));
    text = text.substr(0, colon);
    return tags;
}

std::optional<digest::Digest> take_digest(std::string_view& text, std::size_t at) {
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const digest::Digest digest = parse_digest(text.substr(at + 1));
    text = text.substr(0, at);
    return digest;
}

}  // namespace

Tag Tag::parse(std::string_view text) {
    const bool valid = !text.empty() && text.size() <= longest_tag && text.front() != '.' &&
                       text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
                           return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
                       });
    if (!valid) {
        throw Error(ErrorKind::usage,
                    concat(in_quotes(text),
                           " is not a tag: letters, digits, '_', '.' and '-', at most ",
                           longest_tag,
                           ", not beginning with '.' or '-'"));
    }
    return Tag(text);
}

Tag Tag::of_digest(const digest::Digest& digest, std::string_view suffix) {
    return parse(concat("sha256-", digest.hex(), suffix));
}

std::string Repository::to_string() const {
    return is_layout() ? layout.string() : concat(registry, '/', name);
}

std::string Repository::docker_reference() const {
    return is_layout() ? std::string() : to_string();
}

std::string Repository::base_name() const {
    if (!is_layout()) {
        return name.substr(name.rfind('/') + 1);
    }
    std::error_code ignored;  // no working folder: then the name as it is given
    const auto absolute = std::filesystem::absolute(layout, ignored);
    const auto path = (absolute.empty() ? layout : absolute).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Reference Reference::parse(std::string_view text) {
    refuse_user(text);
    std::string_view rest = text;
    return core::with_context(concat("reading the reference ", in_quotes(text)), [&] {
        Reference reference;
        reference.digest = take_digest(rest, rest.find('@'));
        reference.tags = take_tags(rest);
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos) {
            throw Error(ErrorKind::usage,
                        "it names no registry: write REGISTRY/REPOSITORY[:TAG][@DIGEST]");
        }
        reference.repository.registry = rest.substr(0, slash);
        reference.repository.name = rest.substr(slash + 1);
        if (!is_registry(reference.repository.registry)) {
            throw Error(ErrorKind::usage,
                        concat(in_quotes(reference.repository.registry),
                               " is not the name of a registry: HOST[:PORT]"));
        }
        if (!is_repository_name(reference.repository.name) || rest.size() > longest_name) {
            throw Error(ErrorKind::usage,
                        concat(in_quotes(reference.repository.name),
                               " is not the name of a repository: lower-case letters and digits, "
                               "joined by '.', '_', '-' or '/', at most ",
                               longest_name,
                               " characters with the registry"));
        }
        return reference;
    });
}

Reference Reference::parse_layout(std::string_view text) {
    std::string_view rest = text;
    return core::with_context(concat("reading the layout reference ", in_quotes(text)), [&] {
        Reference reference;
        // A folder may have '@' in its name; what follows the last "@sha256:" is a digest.
        reference.digest = take_digest(rest, rest.rfind("@sha256:"));
        reference.tags = take_tags(rest);
        if (rest.empty() || rest.find('\0') != std::string_view::npos) {
            throw Error(ErrorKind::usage, "it names no folder: write PATH[:TAG][@DIGEST]");
        }
        reference.repository.layout = rest;
        return reference;
    });
}

std::string Reference::to_string() const {
    std::string text = repository.to_string();
    for (const Tag& tag : tags) {
        text.append(&tag == &tags.front() ? ":" : ",").append(tag.to_string());
    }
    if (digest) {
        text.append("@").append(digest->to_string());
    }
    return text;
}

}  // namespace modelseal::oci
