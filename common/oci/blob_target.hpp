// Where a blob is put together.
#pragma once

#include "common/core/files/byte_ranges.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace modelseal::oci {

/// Takes the bytes of one blob in any order. Its owner checks their digest when all are there.
class BlobTarget {
  public:
    BlobTarget() = default;
    BlobTarget(const BlobTarget&) = delete;
    BlobTarget& operator=(const BlobTarget&) = delete;
    BlobTarget(BlobTarget&&) = delete;
    BlobTarget& operator=(BlobTarget&&) = delete;
    virtual ~BlobTarget() = default;

    /// What is not there yet, in order.
    [[nodiscard]] virtual std::vector<core::ByteRange> missing() const = 0;

    /// Safe from several threads. Errors: io.
    virtual void write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
};

}  // namespace modelseal::oci
