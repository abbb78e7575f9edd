// cosign's private key files: PKCS#8 in a NaCl secretbox under a scrypt key, as JSON in PEM.
// Spec: cosign pkg/cosign/keys.go; go-securesystemslib encrypted.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/scrypt.hpp"

#include <array>
#include <string>
#include <string_view>

namespace modelseal::crypto {

/// What one encryption draws at random, and its cost.
struct KeyProtection {
    ScryptParameters parameters;
    std::array<std::byte, 32> salt;
    std::array<std::byte, 24> nonce;

    /// Fresh salt and nonce at cosign's cost. Errors: internal.
    [[nodiscard]] static KeyProtection random();
};

/// The text of a new "ENCRYPTED SIGSTORE PRIVATE KEY" file, which cosign opens with the same
/// password. An empty password is a password. Errors: internal.
[[nodiscard]] std::string encrypt_key_file(const PrivateKey& key,
                                           const core::Secret& password,
                                           const KeyProtection& protection);

/// Opens a file of either PEM type, "ENCRYPTED SIGSTORE PRIVATE KEY" or "ENCRYPTED COSIGN PRIVATE
/// KEY". Errors: malformed (not such a file, unsupported parameters); denied (wrong_password).
[[nodiscard]] PrivateKey decrypt_key_file(std::string_view text, const core::Secret& password);

/// Errors: malformed unless `text` begins with one of the two PEM types, which can be told without
/// the password.
void require_encrypted_key_file(std::string_view text);

}  // namespace modelseal::crypto
