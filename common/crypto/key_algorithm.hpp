// The key types that Sigstore clients accept, and the hash each of them signs with.
// Spec: sigstore protobuf-specs, PublicKeyDetails; cosign's key policy.
#pragma once

#include <string_view>

namespace modelseal::crypto {

enum class KeyAlgorithm {
    ecdsa_p256,
    ecdsa_p384,
    ecdsa_p521,
    rsa_2048,
    rsa_3072,
    rsa_4096,
    ed25519,
};

enum class HashAlgorithm { sha256, sha384, sha512 };

/// "ECDSA P-256", "RSA 3072", "Ed25519"
[[nodiscard]] std::string_view to_string(KeyAlgorithm algorithm) noexcept;

/// "SHA-256"
[[nodiscard]] std::string_view to_string(HashAlgorithm algorithm) noexcept;

/// The hash that the key signs with: by curve for ECDSA, SHA-256 for RSA (PKCS#1 v1.5), and the
/// SHA-512 inside pure Ed25519.
[[nodiscard]] HashAlgorithm native_hash(KeyAlgorithm algorithm) noexcept;

}  // namespace modelseal::crypto
