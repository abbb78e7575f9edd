// Making and checking signatures over messages.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/private_key.hpp"

#include <span>

namespace modelseal::crypto {

/// Whatever holds a key and signs with it: a key file, a key service.
class Signer {
  public:
    Signer() = default;
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    Signer(Signer&&) = delete;
    Signer& operator=(Signer&&) = delete;
    virtual ~Signer() = default;

    [[nodiscard]] virtual const PublicKey& public_key() const = 0;

    /// Signs with the key's native hash: ECDSA as an ASN.1 sequence, RSA as PKCS#1 v1.5, pure
    /// Ed25519. Errors: internal, unavailable.
    [[nodiscard]] virtual core::Bytes sign(std::span<const std::byte> message) = 0;
};

class KeySigner final : public Signer {
  public:
    explicit KeySigner(PrivateKey key) : key_(std::move(key)) {}

    [[nodiscard]] const PublicKey& public_key() const override { return key_.public_key(); }

    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) override;

  private:
    PrivateKey key_;
};

/// Which hash an ECDSA signature by P-384 or P-521 may have been made with. Stock clients disagree:
/// cosign signs with the curve's own hash, but some verify and sign with SHA-256 whatever the
/// curve.
enum class HashChoice { native, native_or_sha256 };

/// A signature that verified, and how.
struct VerifiedMessage {
    KeyAlgorithm algorithm;
    HashAlgorithm hash;
};

/// Returns only if `signature` is one over `message` by `key`. Ed25519 is pure; the prehashed form
/// (Ed25519ph) is not supported and reads as a signature that does not verify.
/// Errors: mismatch (bad_signature).
[[nodiscard]] VerifiedMessage verify_signature(const PublicKey& key,
                                               HashChoice choice,
                                               std::span<const std::byte> message,
                                               std::span<const std::byte> signature);

}  // namespace modelseal::crypto
