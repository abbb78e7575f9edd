// Signing content that is not in memory: a file, a pipe.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/stream.hpp"
#include "common/crypto/hash.hpp"

#include <span>

namespace modelseal::crypto {

class Signer;

struct SignedContent {
    /// Of the very bytes that were signed: with the hash that the signature is over, SHA-256 for
    /// Ed25519, whose hash covers more than the message.
    MessageDigest digest;
    core::Bytes signature;
};

/// A signature in the making: write() all of the content, as often as passes() says, then finish().
/// Nothing is signed before finish(), so that whoever looks at the content meanwhile can still
/// refuse it.
class ContentSignature : public core::ByteSink {
  public:
    /// How often the content must be written.
    [[nodiscard]] virtual unsigned passes() const noexcept { return 1; }

    /// Between two passes. Errors: internal.
    virtual void start_next_pass() {}

    /// That of the digest which finish() will give.
    [[nodiscard]] virtual HashAlgorithm digest_algorithm() const noexcept {
        return HashAlgorithm::sha256;
    }

    /// Errors: those of Signer::sign(); io (changed_while_read) when two passes differ.
    [[nodiscard]] virtual SignedContent finish() = 0;
};

/// By any key that signs a hash: ECDSA and RSA.
class DigestSignature final : public ContentSignature {
  public:
    /// `signer` outlives this.
    explicit DigestSignature(Signer& signer);

    void write(std::span<const std::byte> bytes) override { hasher_.write(bytes); }

    [[nodiscard]] HashAlgorithm digest_algorithm() const noexcept override {
        return hasher_.algorithm();
    }

    [[nodiscard]] SignedContent finish() override;

  private:
    Signer& signer_;
    Hasher hasher_;
};

/// By a key that must be given the whole message: the content is kept in memory.
class WholeMessageSignature final : public ContentSignature {
  public:
    static constexpr std::uint64_t limit = std::uint64_t{16} << 20U;  // bytes

    /// `signer` outlives this.
    explicit WholeMessageSignature(Signer& signer) noexcept : signer_(signer) {}

    /// Errors: usage (unsupported) past `limit`.
    void write(std::span<const std::byte> bytes) override;

    [[nodiscard]] SignedContent finish() override;

  private:
    Signer& signer_;
    core::Bytes message_;
};

}  // namespace modelseal::crypto
