// DER and TLS encodings that certificates and SCTs are put together from.
#pragma once

#include "common/core/bytes.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace modelseal::pki {

/// One value with this tag, its length in the shortest form.
[[nodiscard]] core::Bytes der_value(std::uint8_t tag, std::span<const std::byte> content);

[[nodiscard]] core::Bytes utf8_string(std::string_view text);
[[nodiscard]] core::Bytes octet_string(std::span<const std::byte> content);

void append(core::Bytes& to, std::span<const std::byte> bytes);

/// Big-endian.
void append_number(core::Bytes& to, std::uint64_t value, std::size_t octets);

/// `octets` of length, then the bytes.
void append_vector(core::Bytes& to, std::span<const std::byte> bytes, std::size_t octets);

}  // namespace modelseal::pki
