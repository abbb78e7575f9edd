// Single values inside extensions of certificates. Spec: X.690 (DER).
#pragma once

#include "common/core/bytes.hpp"

#include <optional>
#include <span>
#include <string>

namespace modelseal::crypto {

/// The text of exactly one DER UTF8String, of any length; nothing for other bytes, for a length
/// that is not written in the shortest way and for text that is not UTF-8.
[[nodiscard]] std::optional<std::string> parse_utf8_string(std::span<const std::byte> der);

/// What exactly one DER OCTET STRING holds, a view into `der`; nothing for other bytes.
[[nodiscard]] std::optional<std::span<const std::byte>> octet_string_content(
    std::span<const std::byte> der) noexcept;

}  // namespace modelseal::crypto
