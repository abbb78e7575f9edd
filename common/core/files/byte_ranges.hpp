// Which bytes of something are there: a set of ranges.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace modelseal::core {

/// The bytes from `first` up to, but not including, `end`.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t end = 0;

    [[nodiscard]] std::uint64_t size() const noexcept { return end - first; }

    [[nodiscard]] bool empty() const noexcept { return end <= first; }

    auto operator<=>(const ByteRange&) const = default;
};

/// Ranges in order, apart from each other: what touches or overlaps is one.
class ByteRanges {
  public:
    /// An empty range adds nothing.
    void add(ByteRange range);

    /// Everything from byte 0 on without a gap ends here.
    [[nodiscard]] std::uint64_t front() const noexcept;

    /// How many bytes are in the set.
    [[nodiscard]] std::uint64_t total() const noexcept;

    /// The ranges below `size` that are not in the set, in order.
    [[nodiscard]] std::vector<ByteRange> missing(std::uint64_t size) const;

    [[nodiscard]] std::span<const ByteRange> list() const noexcept { return ranges_; }

    bool operator==(const ByteRanges&) const = default;

  private:
    std::vector<ByteRange> ranges_;
};

}  // namespace modelseal::core
