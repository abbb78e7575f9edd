#include "common/registry/download/range_plan.hpp"

#include <algorithm>

namespace modelseal::registry {

std::optional<core::ByteRange> RangePlan::take(std::uint64_t at_most) {
    if (left_.empty() || at_most == 0) {
        return std::nullopt;
    }
    core::ByteRange& next = left_.front();
    const core::ByteRange taken{next.first, next.first + std::min(at_most, next.size())};
    next.first = taken.end;
    if (next.empty()) {
        left_.erase(left_.begin());
    }
    return taken;
}

void RangePlan::give_back(core::ByteRange range) {
    if (range.empty()) {
        return;
    }
    const auto behind = std::upper_bound(left_.begin(), left_.end(), range);
    if (behind != left_.end() && behind->first == range.end) {
        behind->first = range.first;
    } else {
        left_.insert(behind, range);
    }
}

std::uint64_t RangePlan::left() const noexcept {
    std::uint64_t bytes = 0;
    for (const core::ByteRange& range : left_) {
        bytes += range.size();
    }
    return bytes;
}

}  // namespace modelseal::registry
