// Making and checking signatures, over messages and over what was hashed before.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/crypto/content_signature.hpp"
#include "common/crypto/hash.hpp"
#include "common/crypto/private_key.hpp"

#include <memory>
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

    /// Signs a message of which only the digest by the key's native hash is at hand. Errors: as
    /// sign(); usage (unsupported) for Ed25519, which must see the message itself.
    [[nodiscard]] virtual core::Bytes sign_digest(std::span<const std::byte> digest) = 0;

    /// Begins a signature over content that is not in memory. This outlives the result. Errors:
    /// internal.
    [[nodiscard]] virtual std::unique_ptr<ContentSignature> sign_content();
};

class KeySigner final : public Signer {
  public:
    explicit KeySigner(PrivateKey key) : key_(std::move(key)) {}

    [[nodiscard]] const PublicKey& public_key() const override { return key_.public_key(); }

    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) override;
    [[nodiscard]] core::Bytes sign_digest(std::span<const std::byte> digest) override;

    /// In memory that does not depend on the content's size, for every key.
    [[nodiscard]] std::unique_ptr<ContentSignature> sign_content() override;

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

/// The same for a message of which only digests are at hand. Of `digests`, the one by the native
/// hash counts, and with native_or_sha256 that by SHA-256.
/// Errors: mismatch (bad_signature); usage (unsupported) for Ed25519, whose signatures are over the
/// message itself: Ed25519Check verifies those.
[[nodiscard]] VerifiedMessage verify_digest(const PublicKey& key,
                                            HashChoice choice,
                                            std::span<const MessageDigest> digests,
                                            std::span<const std::byte> signature);

/// The error for a signature that a key of this type refuses.
[[nodiscard]] core::Error does_not_verify(KeyAlgorithm algorithm);

}  // namespace modelseal::crypto
