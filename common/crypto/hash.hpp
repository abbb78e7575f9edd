// Hashes as signatures need them, of messages and of streams. Spec: FIPS 180-4.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/stream.hpp"
#include "common/crypto/key_algorithm.hpp"

#include <memory>
#include <span>

namespace modelseal::crypto {

/// The hash of a message, and which one it is.
struct MessageDigest {
    HashAlgorithm algorithm = HashAlgorithm::sha256;
    core::Bytes bytes{};  // 32, 48 or 64

    bool operator==(const MessageDigest&) const = default;
};

/// Hashes what is written to it. Whole files by SHA-256 alone are the matter of digest/.
class Hasher final : public core::ByteSink {
  public:
    explicit Hasher(HashAlgorithm algorithm);
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    Hasher(Hasher&&) = delete;
    Hasher& operator=(Hasher&&) = delete;
    ~Hasher() override;

    void write(std::span<const std::byte> bytes) override;

    [[nodiscard]] HashAlgorithm algorithm() const noexcept { return algorithm_; }

    /// The digest of everything written; only restart() may follow. Errors: internal.
    [[nodiscard]] MessageDigest finish();

    /// Forgets everything written.
    void restart();

  private:
    struct Context;
    HashAlgorithm algorithm_;
    std::unique_ptr<Context> context_;
};

/// 32, 48 or 64.
[[nodiscard]] std::size_t hash_size(HashAlgorithm algorithm) noexcept;

/// 32, 48 or 64 bytes. Errors: internal.
[[nodiscard]] core::Bytes hash_of(HashAlgorithm algorithm, std::span<const std::byte> message);

}  // namespace modelseal::crypto
