// Reading parts of a blob before the whole of it, and proving afterwards that the parts belong to
// the bytes that have the blob's digest. A store could otherwise answer ranges with one content and
// the whole with another.
#pragma once

#include "common/core/files/windowed_access.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/store.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace modelseal::artifact {

/// A blob of a store as random access that remembers the digest of every range it handed out.
class BoundBlob final : public core::RandomAccess {
  public:
    /// `pool` holds what was read; it outlives this object, as `store` does.
    BoundBlob(oci::Store& store, oci::Descriptor blob, core::WindowPool& pool);

    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

    [[nodiscard]] const digest::Digest& digest() const noexcept { return blob_.digest; }

    /// Errors: of the store; mismatch (changed_while_read) when a range is not what it was.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

    /// Reads the whole blob, which the store checks against its digest, and compares every range
    /// that was handed out. `advanced` is called with the number of bytes just read.
    /// Errors: of the store; mismatch (changed_while_read).
    void prove(const std::function<void(std::uint64_t)>& advanced) const;

  private:
    struct Range {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        auto operator<=>(const Range&) const = default;
    };

    class Comparison;

    oci::Store& store_;
    oci::Descriptor blob_;
    oci::BlobAccess content_;
    core::WindowedAccess windowed_;
    mutable std::mutex mutex_;
    mutable std::map<Range, digest::Digest> handed_out_;  // sorted by offset
};

}  // namespace modelseal::artifact
