// What keys and hashes are called in bundles and logs.
// Spec: sigstore protobuf-specs, sigstore_common.proto, PublicKeyDetails and HashAlgorithm.
#pragma once

#include "common/crypto/key_algorithm.hpp"

#include <optional>
#include <string_view>

namespace modelseal::sigstore {

/// The key with the hash that it signs with: "PKIX_ECDSA_P256_SHA_256".
[[nodiscard]] std::string_view key_details(crypto::KeyAlgorithm algorithm) noexcept;

/// "SHA2_256"
[[nodiscard]] std::string_view hash_name(crypto::HashAlgorithm algorithm) noexcept;

/// Nothing for a hash that is not supported.
[[nodiscard]] std::optional<crypto::HashAlgorithm> parse_hash_name(std::string_view name) noexcept;

}  // namespace modelseal::sigstore
