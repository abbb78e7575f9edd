// Which part of a blob is fetched next.
#pragma once

#include "common/core/files/byte_ranges.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace modelseal::registry {

/// Hands out the missing bytes of a blob from the front on, so that hashing can follow closely.
class RangePlan {
  public:
    /// `missing` is in order.
    explicit RangePlan(std::vector<core::ByteRange> missing) : left_(std::move(missing)) {}

    /// The first bytes that nobody has taken yet: one stretch, `at_most` long. Nothing when all are
    /// taken.
    [[nodiscard]] std::optional<core::ByteRange> take(std::uint64_t at_most);

    /// Bytes that were taken and will not be fetched; they are the next to be taken where they come
    /// first.
    void give_back(core::ByteRange range);

    /// How many bytes nobody has taken.
    [[nodiscard]] std::uint64_t left() const noexcept;

  private:
    std::vector<core::ByteRange> left_;  // in order
};

}  // namespace modelseal::registry
