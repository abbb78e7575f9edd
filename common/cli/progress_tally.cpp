#include "common/cli/progress_tally.hpp"

#include <algorithm>
#include <limits>

namespace modelseal::cli {

namespace {

/// Sizes come from manifests, and a manifest can state any.
std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) noexcept {
    return a + std::min(b, std::numeric_limits<std::uint64_t>::max() - a);
}

Amount amount_of(std::uint64_t done, std::uint64_t size, std::uint64_t rate) {
    Amount amount{.done = std::min(done, size), .size = size, .rate = rate};
    if (rate > 0) {
        const std::uint64_t left = amount.size - amount.done;
        amount.left = left / rate + (left % rate == 0 ? 0 : 1);
    }
    return amount;
}

}  // namespace

Amount RunningWork::amount(TransferRate::Time now) const {
    return amount_of(done, work.size, rate.per_second(now));
}

void ProgressTally::begin_phase_if_idle(Time now) {
    if (running_.empty() && expected_pieces_ == 0) {
        expected_bytes_ = 0;
        phase_ = Phase(now);
    }
}

void ProgressTally::expect(std::uint64_t bytes, Time now) {
    begin_phase_if_idle(now);
    ++expected_pieces_;
    expected_bytes_ = saturated_sum(expected_bytes_, bytes);
}

ProgressTally::Id ProgressTally::begin(const core::Work& work, Time now) {
    begin_phase_if_idle(now);
    const std::optional<Id> served = served_by(work);
    if (!work.serves_another) {
        expected_pieces_ -= expected_pieces_ == 0 ? 0 : 1;
        expected_bytes_ -= std::min(expected_bytes_, work.size);
    }
    if (!served) {
        ++phase_.pieces;
        phase_.size = saturated_sum(phase_.size, work.size);
    }
    ++last_id_;
    running_.emplace(
        last_id_,
        RunningWork{.work = work, .begun = now, .rate = TransferRate(now), .served = served});
    return last_id_;
}

/// Nothing for work that stands for itself.
std::optional<ProgressTally::Id> ProgressTally::served_by(const core::Work& work) const {
    const auto found = !work.serves_another
                           ? running_.end()
                           : std::find_if(running_.begin(), running_.end(), [&](const auto& entry) {
                                 return !entry.second.work.serves_another &&
                                        entry.second.work.digest == work.digest;
                             });
    return found == running_.end() ? std::nullopt : std::optional(found->first);
}

/// Returns how many of the bytes are in the total for the first time.
std::uint64_t ProgressTally::count(RunningWork& work, std::uint64_t bytes) {
    work.done += bytes;
    std::uint64_t fresh = work.done - std::min(work.done, work.counted);
    work.counted += fresh;
    const auto served = work.served ? running_.find(*work.served) : running_.end();
    if (served != running_.end()) {
        const std::uint64_t before = served->second.counted;
        served->second.counted = std::max(before, work.counted);
        fresh = served->second.counted - before;
    }
    phase_.done += fresh;
    return fresh;
}

void ProgressTally::uncount(RunningWork& work) {
    const auto served = work.served ? running_.find(*work.served) : running_.end();
    work.done = 0;
    work.present = 0;
    RunningWork& counted = served == running_.end() ? work : served->second;
    phase_.done -= counted.counted - counted.done;
    counted.counted = counted.done;
    work.counted = 0;
}

RunningWork& ProgressTally::passed(Id id, std::uint64_t bytes, Time now) {
    RunningWork& work = running_.at(id);
    work.rate.add(bytes, now);
    const std::uint64_t fresh = count(work, bytes);
    phase_.rate.add(fresh, now);
    sum_.passed += fresh;
    return work;
}

void ProgressTally::count_present(RunningWork& work, std::uint64_t bytes) {
    const std::uint64_t fresh = count(work, bytes);
    work.present += fresh;
    sum_.present += fresh;
}

RunningWork& ProgressTally::present(Id id, std::uint64_t bytes) {
    RunningWork& work = running_.at(id);
    count_present(work, bytes);
    return work;
}

RunningWork& ProgressTally::restart(Id id) {
    RunningWork& work = running_.at(id);
    sum_.present -= work.present;
    uncount(work);
    return work;
}

RunningWork ProgressTally::take(Id id) {
    const auto found = running_.find(id);
    RunningWork work = std::move(found->second);
    running_.erase(found);
    phase_.ended += work.served ? 0U : 1U;
    return work;
}

RunningWork ProgressTally::end(Id id) {
    RunningWork& work = running_.at(id);
    count_present(work, work.work.size - std::min(work.done, work.work.size));
    sum_.ended += work.served ? 0U : 1U;
    return take(id);
}

RunningWork ProgressTally::fail(Id id) {
    sum_.failed += running_.at(id).served ? 0U : 1U;
    return take(id);
}

Amount ProgressTally::total(Time now) const {
    return amount_of(
        phase_.done, saturated_sum(phase_.size, expected_bytes_), phase_.rate.per_second(now));
}

}  // namespace modelseal::cli
