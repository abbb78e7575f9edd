// Keys and hashes by the names that trusted roots, bundles and log entries give them.
// Spec: sigstore protobuf-specs, sigstore_common.proto, PublicKeyDetails and HashAlgorithm.
#pragma once

#include "common/crypto/public_key.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace modelseal::sigstore {

/// The key that `raw` is, read as `details` says: SubjectPublicKeyInfo for PKIX_*, RSAPublicKey for
/// PKCS1_RSA_PKCS1V5. Errors: malformed (a key of another kind than stated); malformed
/// (unsupported) for kinds that this build cannot check signatures of.
[[nodiscard]] crypto::PublicKey parse_key(std::string_view details, std::span<const std::byte> raw);

}  // namespace modelseal::sigstore
