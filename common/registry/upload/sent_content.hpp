// Content on its way to a registry: hashed as it passes, so that it is read once.
#pragma once

#include "common/core/progress.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/digest/sha256.hpp"

#include <cstdint>
#include <optional>

namespace modelseal::registry {

/// Reads through to other content and hashes each byte the first time it passes; what is sent again
/// is not hashed again. For one thread.
class SentContent final : public core::RandomAccess {
  public:
    /// `content` outlives this object. With a `known` digest nothing is hashed: the registry
    /// compares. `advance` is told of bytes when they pass for the first time.
    SentContent(const core::RandomAccess& content,
                const std::optional<digest::Digest>& known,
                core::Advance advance);

    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

    /// Takes the bytes before `offset` as passed: the registry has them from an earlier process.
    /// Errors: those of reading; io (changed_while_read) when there are fewer.
    void skip_to(std::uint64_t offset) const;

    /// The digest of the whole content. Errors: as skip_to().
    [[nodiscard]] digest::Digest digest();

  private:
    void take(std::span<const std::byte> bytes, const core::Advance::Count& told) const;

    const core::RandomAccess& content_;
    std::optional<digest::Digest> digest_;
    core::Advance advance_;
    mutable digest::Sha256 hash_;
    mutable std::uint64_t passed_ = 0;  // the bytes before it have been hashed and counted
};

}  // namespace modelseal::registry
