// Bytes that must have a stated size and digest, checked on their way to where they go.
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/digest/sha256.hpp"

#include <cstdint>
#include <span>

namespace modelseal::digest {

/// Forwards what is written to it and hashes it on the way. Nothing past the stated size is ever
/// forwarded, so a hostile sender cannot fill a disk. Until finish() returns, what was forwarded
/// is unverified: keep it under a temporary name.
class VerifyingSink final : public core::ByteSink {
  public:
    /// `to` outlives this object.
    VerifyingSink(core::ByteSink& to, const Digest& expected, std::uint64_t size)
        : to_(to), expected_(expected), size_(size) {}

    /// Errors: mismatch (size_mismatch) as soon as there are more bytes than stated; those of `to`.
    void write(std::span<const std::byte> bytes) override;

    /// Returns when exactly the stated bytes were written. Call once.
    /// Errors: mismatch (size_mismatch) when there were fewer, mismatch (digest_mismatch).
    void finish();

  private:
    core::ByteSink& to_;
    Digest expected_;
    std::uint64_t size_;
    Sha256 hash_;
};

}  // namespace modelseal::digest
