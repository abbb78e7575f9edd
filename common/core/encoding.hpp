// Hexadecimal and base64, strict in both directions (RFC 4648).
#pragma once

#include "common/core/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// Lower-case digits only, an even number of them; nothing otherwise.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

/// Standard alphabet with padding.
[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);

/// Standard alphabet with padding and zero trailing bits, no white space; nothing otherwise.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// The URL-safe alphabet without padding, as tokens are written, with zero trailing bits; nothing
/// otherwise. Spec: RFC 7515 section 2.
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace modelseal::core
