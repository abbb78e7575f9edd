// Where a blob is put together.
#pragma once

#include "common/core/files/byte_ranges.hpp"
#include "common/core/files/file.hpp"

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

    /// Takes bytes of the blob from a file that holds all of it, without passing them through this
    /// process. Returns how many from the range's beginning on; 0 when that cannot be done: read
    /// and write_at() them. Errors: io.
    [[nodiscard]] virtual std::uint64_t take_from(const core::File& /*content*/,
                                                  core::ByteRange /*range*/) {
        return 0;
    }
};

}  // namespace modelseal::oci
