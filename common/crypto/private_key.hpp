// Private keys that signatures are made with.
#pragma once

#include "common/core/secret.hpp"
#include "common/crypto/public_key.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace modelseal::crypto {

/// A key pair of a type that PublicKey accepts. OpenSSL wipes the private part when the last copy
/// goes.
class PrivateKey {
  public:
    /// A new ECDSA P-256 key: the one type that every Sigstore client verifies without options.
    /// Errors: internal.
    [[nodiscard]] static PrivateKey generate();

    /// An unencrypted "PRIVATE KEY" (PKCS#8), "EC PRIVATE KEY" (SEC1) or "RSA PRIVATE KEY"
    /// (PKCS#1). Errors: malformed; malformed (unsupported) for a key of another type.
    [[nodiscard]] static PrivateKey parse_pem(std::string_view text);

    /// Exactly one DER PrivateKeyInfo. Errors: as parse_pem(). Spec: RFC 5208 section 5.
    [[nodiscard]] static PrivateKey parse_pkcs8(std::span<const std::byte> der);

    /// DER PrivateKeyInfo.
    [[nodiscard]] core::Secret to_pkcs8() const;

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }

    /// For the .cpp files of this domain.
    [[nodiscard]] evp_pkey_st* native() const noexcept { return key_.get(); }

  private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);
    static PrivateKey adopt(evp_pkey_st* key, std::string_view form);

    std::shared_ptr<evp_pkey_st> key_;
    PublicKey public_key_;
};

}  // namespace modelseal::crypto
