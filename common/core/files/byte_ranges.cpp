#include "common/core/files/byte_ranges.hpp"

#include <algorithm>
#include <numeric>

namespace modelseal::core {

void ByteRanges::add(ByteRange range) {
    if (range.empty()) {
        return;
    }
    const auto touched = std::find_if(ranges_.begin(), ranges_.end(), [&](const ByteRange& old) {
        return old.end >= range.first;
    });
    auto behind = touched;
    for (; behind != ranges_.end() && behind->first <= range.end; ++behind) {
        range.first = std::min(range.first, behind->first);
        range.end = std::max(range.end, behind->end);
    }
    ranges_.insert(ranges_.erase(touched, behind), range);
}

std::uint64_t ByteRanges::front() const noexcept {
    return !ranges_.empty() && ranges_.front().first == 0 ? ranges_.front().end : 0;
}

std::uint64_t ByteRanges::total() const noexcept {
    return std::accumulate(
        ranges_.begin(),
        ranges_.end(),
        std::uint64_t{0},
        [](std::uint64_t sum, const ByteRange& range) { return sum + range.size(); });
}

std::vector<ByteRange> ByteRanges::missing(std::uint64_t size) const {
    std::vector<ByteRange> gaps;
    std::uint64_t position = 0;
    for (const ByteRange& range : ranges_) {
        if (const ByteRange gap{position, std::min(range.first, size)}; !gap.empty()) {
            gaps.push_back(gap);
        }
        position = range.end;
    }
    if (const ByteRange gap{position, size}; !gap.empty()) {
        gaps.push_back(gap);
    }
    return gaps;
}

}  // namespace modelseal::core
