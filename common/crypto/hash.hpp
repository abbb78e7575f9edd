// Hashes of short messages, as signatures need them. Files are hashed by digest/.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/key_algorithm.hpp"

#include <span>

namespace modelseal::crypto {

/// 32, 48 or 64 bytes. Errors: internal.
[[nodiscard]] core::Bytes hash_of(HashAlgorithm algorithm, std::span<const std::byte> message);

}  // namespace modelseal::crypto
