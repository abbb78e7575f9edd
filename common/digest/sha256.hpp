// SHA-256 over a stream. Spec: FIPS 180-4.
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace modelseal::digest {

/// Hashes what is written to it; finish() gives the digest, once per start.
class Sha256 final : public core::ByteSink {
  public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256(Sha256&&) = delete;
    Sha256& operator=(Sha256&&) = delete;
    ~Sha256() override;

    void write(std::span<const std::byte> bytes) override;

    /// The digest of everything written; only restart() may follow. Errors: internal.
    [[nodiscard]] Digest finish();

    /// Forgets everything written and starts a new digest; cheaper than a new object.
    void restart();

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    struct Context;
    std::unique_ptr<Context> context_;
    std::uint64_t count_ = 0;
};

[[nodiscard]] Digest sha256_of(std::span<const std::byte> bytes);

}  // namespace modelseal::digest
