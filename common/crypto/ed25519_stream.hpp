// Pure Ed25519 over content that is not in memory. OpenSSL and libsodium take messages as one piece
// of memory; a file that is mapped instead can be changed by others between the two times that
// signing reads it, and two signatures with one nonce over different messages give the key away.
// Spec: RFC 8032 section 5.1.
#pragma once

#include "common/crypto/content_signature.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/signature.hpp"

#include <array>
#include <optional>

namespace modelseal::crypto {

using Ed25519Scalar = std::array<unsigned char, 32>;
using Ed25519Point = std::array<unsigned char, 32>;

/// The content is written twice: the first pass makes the nonce, the second one what the signature
/// answers for. A signature is made only when both were of the same bytes. It is the one that
/// OpenSSL makes of the same message.
class Ed25519Signature final : public ContentSignature {
  public:
    /// `key` is an Ed25519 key. Errors: internal.
    explicit Ed25519Signature(const PrivateKey& key);
    Ed25519Signature(const Ed25519Signature&) = delete;
    Ed25519Signature& operator=(const Ed25519Signature&) = delete;
    Ed25519Signature(Ed25519Signature&&) = delete;
    Ed25519Signature& operator=(Ed25519Signature&&) = delete;

    /// Wipes what the key could be computed from.
    ~Ed25519Signature() override;

    [[nodiscard]] unsigned passes() const noexcept override { return 2; }

    void write(std::span<const std::byte> bytes) override;
    void start_next_pass() override;
    [[nodiscard]] SignedContent finish() override;

  private:
    Ed25519Point public_key_{};
    Ed25519Scalar secret_{};
    Ed25519Scalar nonce_{};
    Ed25519Point commitment_{};  // R, the nonce times the base point
    Hasher hasher_;              // of the nonce in the first pass, of the challenge in the second
    Hasher content_;             // of this pass's bytes
    std::optional<MessageDigest> first_;
};

/// Checks a signature over content that is written to it once.
class Ed25519Check final : public core::ByteSink {
  public:
    /// `key` is an Ed25519 key. Errors: internal.
    Ed25519Check(const PublicKey& key, std::span<const std::byte> signature);

    void write(std::span<const std::byte> bytes) override { hasher_.write(bytes); }

    /// Errors: mismatch (bad_signature).
    [[nodiscard]] VerifiedMessage finish();

  private:
    Ed25519Point public_key_{};
    Ed25519Point commitment_{};
    Ed25519Scalar response_{};
    bool is_whole_;  // whether the signature has the size of one
    Hasher hasher_;
};

}  // namespace modelseal::crypto
