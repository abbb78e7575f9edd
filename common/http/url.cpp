#include "common/http/url.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::http {

namespace {

constexpr std::size_t length_limit = 8192;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw core::Error(core::ErrorKind::malformed,
                      core::concat("the URL ", core::in_quotes(text, 100), " ", why));
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host_character(char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

bool is_address_character(char c) {
    return c == ':' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

bool has_scheme(std::string_view reference) {
    const std::size_t colon = reference.find(':');
    return colon != std::string_view::npos && colon > 0 && reference.find_first_of("/?#") > colon;
}

}  // namespace

Url Url::parse(std::string_view text) {
    const auto printable = [](char c) {
        return c > ' ' && c < '\x7f' && c != '\\' && c != '"';
    };
    if (text.size() > length_limit || !std::all_of(text.begin(), text.end(), printable)) {
        refuse(text, "is too long or has a character that does not belong there");
    }
    const std::string_view full = text;
    text = text.substr(0, text.find('#'));
    Url url;
    const std::size_t scheme_end = text.find("://");
    url.scheme_ = core::ascii_lower(text.substr(0, scheme_end));
    if (scheme_end == std::string_view::npos || (url.scheme_ != "http" && url.scheme_ != "https")) {
        refuse(full, "does not begin with http:// or https://");
    }
    text.remove_prefix(scheme_end + 3);
    std::string_view authority = text.substr(0, text.find_first_of("/?"));
    const std::string_view target = text.substr(authority.size());
    url.target_ = target.starts_with('/') ? std::string(target) : core::concat('/', target);
    const bool bracketed = authority.starts_with('[');
    const std::size_t host_end = bracketed ? authority.find(']') : authority.find(':');
    if (bracketed && host_end == std::string_view::npos) {
        refuse(full, "has no valid host");
    }
    url.host_ =
        core::ascii_lower(authority.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0)));
    const bool valid = std::all_of(
        url.host_.begin(), url.host_.end(), bracketed ? is_address_character : is_host_character);
    if (url.host_.empty() || !valid) {
        refuse(full, "has no valid host");
    }
    authority.remove_prefix(bracketed ? host_end + 1 : url.host_.size());
    url.port_ = default_port(url.scheme_);
    if (!authority.empty()) {
        const auto port = core::parse_decimal(authority.substr(1));
        if (authority.front() != ':' || !port || *port == 0 || *port > 65535) {
            refuse(full, "has no valid port");
        }
        url.port_ = static_cast<std::uint16_t>(*port);
    }
    return url;
}

Url Url::resolve(std::string_view reference) const {
    if (has_scheme(reference)) {
        return parse(reference);
    }
    if (reference.starts_with("//")) {
        return parse(core::concat(scheme_, ':', reference));
    }
    if (reference.starts_with('/')) {
        return parse(core::concat(origin(), reference));
    }
    const std::string path = target_.substr(0, target_.find('?'));
    if (reference.empty() || reference.starts_with('?')) {
        return parse(core::concat(origin(), path, reference));
    }
    return parse(core::concat(origin(), path.substr(0, path.rfind('/') + 1), reference));
}

Url Url::with_parameter(std::string_view name, std::string_view value) const {
    Url url = *this;
    url.target_ += target_.find('?') == std::string::npos ? '?' : '&';
    url.target_ += core::concat(percent_encode(name), '=', percent_encode(value));
    return url;
}

std::string Url::origin() const {
    const bool address = host_.find(':') != std::string::npos;
    std::string text = core::concat(scheme_, "://", address ? "[" : "", host_, address ? "]" : "");
    return port_ == default_port(scheme_) ? text : core::concat(text, ':', port_);
}

bool Url::same_origin(const Url& other) const noexcept {
    return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
}

bool Url::is_loopback() const noexcept {
    const auto of_an_address = [](char c) {
        return c == '.' || (c >= '0' && c <= '9');
    };
    return host_ == "localhost" || host_ == "::1" ||
           (host_.starts_with("127.") && std::all_of(host_.begin(), host_.end(), of_an_address));
}

std::string Url::to_string() const {
    return core::concat(origin(), target_);
}

std::string Url::redacted() const {
    const std::size_t query = target_.find('?');
    return query == std::string::npos ? to_string()
                                      : core::concat(origin(), target_.substr(0, query), "?…");
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded.push_back(c);
        } else {
            const auto byte = static_cast<std::byte>(c);
            std::string hex = core::to_hex(std::span(&byte, 1));
            std::transform(hex.begin(), hex.end(), hex.begin(), [](char digit) {
                return digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
            });
            encoded += core::concat('%', hex);
        }
    }
    return encoded;
}

}  // namespace modelseal::http
