// Public keys that signatures are checked with. Spec: RFC 5280 section 4.1 (SubjectPublicKeyInfo).
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/key_algorithm.hpp"
#include "common/digest/digest.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace modelseal::crypto {

/// A key of an accepted type: ECDSA on P-256, P-384 or P-521 (named curve), RSA of 2048, 3072 or
/// 4096 bits with exponent 65537, or Ed25519. Copies share one immutable key.
class PublicKey {
  public:
    /// "PUBLIC KEY" (SPKI) or "RSA PUBLIC KEY" (PKCS#1). Only the first PEM block counts.
    /// Errors: malformed; malformed (unsupported) for a key of another type.
    [[nodiscard]] static PublicKey parse_pem(std::string_view text);

    /// Exactly one DER SubjectPublicKeyInfo. Errors: as parse_pem().
    [[nodiscard]] static PublicKey parse_spki(std::span<const std::byte> der);

    /// The public half of `key`, whose type is checked as above. Errors: malformed.
    [[nodiscard]] static PublicKey from_key(std::shared_ptr<evp_pkey_st> key);

    [[nodiscard]] KeyAlgorithm algorithm() const noexcept { return algorithm_; }

    [[nodiscard]] const core::Bytes& spki_der() const noexcept { return spki_der_; }

    [[nodiscard]] std::string to_pem() const;

    /// SHA-256 of the SPKI DER: what a bundle's `hint` holds and what reports name a key by.
    [[nodiscard]] const digest::Digest& fingerprint() const noexcept { return fingerprint_; }

    /// For the .cpp files of this domain.
    [[nodiscard]] evp_pkey_st* native() const noexcept { return key_.get(); }

    friend bool operator==(const PublicKey& left, const PublicKey& right) noexcept {
        return left.spki_der_ == right.spki_der_;
    }

  private:
    PublicKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm, core::Bytes spki_der);

    std::shared_ptr<evp_pkey_st> key_;
    KeyAlgorithm algorithm_;
    core::Bytes spki_der_;
    digest::Digest fingerprint_;
};

}  // namespace modelseal::crypto
