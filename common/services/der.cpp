#include "common/services/der.hpp"

namespace modelseal::services {

namespace {

constexpr std::size_t long_form = 0x80;
constexpr std::size_t length_bytes_limit = 4;

std::size_t number(std::byte byte) {
    return std::to_integer<std::size_t>(byte);
}

/// Takes the length off the front of `from`.
std::optional<std::size_t> take_length(std::span<const std::byte>& from) {
    if (from.empty()) {
        return std::nullopt;
    }
    std::size_t length = number(from.front());
    from = from.subspan(1);
    if (length < long_form) {
        return length;
    }
    const std::size_t count = length - long_form;
    if (count == 0 || count > length_bytes_limit || count > from.size() ||
        from.front() == std::byte{0}) {
        return std::nullopt;
    }
    length = 0;
    for (std::size_t i = 0; i < count; ++i) {
        length = length << 8U | number(from[i]);
    }
    from = from.subspan(count);
    return length >= long_form ? std::optional(length) : std::nullopt;
}

}  // namespace

std::optional<std::span<const std::byte>> take_der(std::span<const std::byte>& from,
                                                   std::uint8_t tag) {
    if (from.empty() || from.front() != std::byte{tag}) {
        return std::nullopt;
    }
    std::span<const std::byte> rest = from.subspan(1);
    const auto length = take_length(rest);
    if (!length || *length > rest.size()) {
        return std::nullopt;
    }
    from = rest.subspan(*length);
    return rest.first(*length);
}

}  // namespace modelseal::services
