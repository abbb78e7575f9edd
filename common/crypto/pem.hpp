// Text armour around DER. Spec: RFC 7468.
#pragma once

#include "common/core/bytes.hpp"

#include <string>
#include <string_view>

namespace modelseal::crypto {

/// One "-----BEGIN label-----" block without headers.
struct PemBlock {
    std::string label;
    core::Bytes content;

    /// The content may be a private key.
    ~PemBlock();
    PemBlock(std::string block_label, core::Bytes block_content);
    PemBlock(const PemBlock&) = default;
    PemBlock& operator=(const PemBlock&) = default;
    PemBlock(PemBlock&&) = default;
    PemBlock& operator=(PemBlock&&) = default;
};

/// The first block of `text`; what follows it is ignored, as cosign does. At most 64 KiB.
/// Errors: malformed (no block, no end line, headers, bad base64; limit_exceeded).
[[nodiscard]] PemBlock parse_first_pem(std::string_view text);

/// Base64 in lines of 64 columns, with a newline at the end.
[[nodiscard]] std::string to_pem(std::string_view label, std::span<const std::byte> content);

}  // namespace modelseal::crypto
