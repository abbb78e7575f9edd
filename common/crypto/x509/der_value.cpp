#include "common/crypto/x509/der_value.hpp"

#include "common/core/text.hpp"

#include <cstdint>

namespace modelseal::crypto {

namespace {

constexpr std::byte octet_string_tag{0x04};
constexpr std::byte utf8_string_tag{0x0c};
constexpr std::size_t long_form =
    0x80;  // the lengths from here on are written with a size in front

std::size_t octets_of(std::size_t length) noexcept {
    std::size_t octets = 0;
    for (; length != 0; length >>= 8U) {
        ++octets;
    }
    return octets;
}

/// Takes a length off the front of `der`; nothing when it is not in DER's one form.
std::optional<std::size_t> take_length(std::span<const std::byte>& der) noexcept {
    if (der.empty()) {
        return std::nullopt;
    }
    const auto first = std::to_integer<std::size_t>(der[0]);
    der = der.subspan(1);
    if (first < long_form) {
        return first;
    }
    const std::size_t octets = first - long_form;
    if (octets == 0 || octets > sizeof(std::uint32_t) || der.size() < octets) {
        return std::nullopt;
    }
    std::size_t length = 0;
    for (const std::byte octet : der.first(octets)) {
        length = length << 8U | std::to_integer<std::size_t>(octet);
    }
    der = der.subspan(octets);
    return length >= long_form && octets_of(length) == octets ? std::optional(length)
                                                              : std::nullopt;
}

/// What the one value that `der` is holds; nothing when it has another tag or bytes follow.
std::optional<std::span<const std::byte>> content_of(std::span<const std::byte> der,
                                                     std::byte tag) noexcept {
    if (der.empty() || der[0] != tag) {
        return std::nullopt;
    }
    der = der.subspan(1);
    const auto length = take_length(der);
    return length == der.size() ? std::optional(der) : std::nullopt;
}

}  // namespace

std::optional<std::string> parse_utf8_string(std::span<const std::byte> der) {
    const auto content = content_of(der, utf8_string_tag);
    if (!content || !core::is_utf8(core::as_text(*content))) {
        return std::nullopt;
    }
    return std::string(core::as_text(*content));
}

std::optional<std::span<const std::byte>> octet_string_content(
    std::span<const std::byte> der) noexcept {
    return content_of(der, octet_string_tag);
}

}  // namespace modelseal::crypto
