#include "tests/support/pki/der.hpp"

namespace modelseal::pki {

void append(core::Bytes& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_number(core::Bytes& to, std::uint64_t value, std::size_t octets) {
    for (std::size_t i = octets; i > 0; --i) {
        to.push_back(static_cast<std::byte>(value >> (8U * (i - 1))));
    }
}

void append_vector(core::Bytes& to, std::span<const std::byte> bytes, std::size_t octets) {
    append_number(to, bytes.size(), octets);
    append(to, bytes);
}

core::Bytes der_value(std::uint8_t tag, std::span<const std::byte> content) {
    core::Bytes der{std::byte{tag}};
    if (content.size() < 0x80) {
        append_number(der, content.size(), 1);
    } else {
        const std::size_t octets = content.size() < 0x100 ? 1 : content.size() < 0x10000 ? 2 : 3;
        append_number(der, 0x80 + octets, 1);
        append_number(der, content.size(), octets);
    }
    append(der, content);
    return der;
}

core::Bytes utf8_string(std::string_view text) {
    return der_value(0x0c, core::as_bytes(text));
}

core::Bytes octet_string(std::span<const std::byte> content) {
    return der_value(0x04, content);
}

}  // namespace modelseal::pki
