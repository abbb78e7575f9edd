// What has been done, what is being done and what is left: the numbers behind every view of
// progress.
#pragma once

#include "common/cli/transfer_rate.hpp"
#include "common/core/progress.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace modelseal::cli {

/// How far something is.
struct Amount {
    std::uint64_t done = 0;               // bytes
    std::uint64_t size = 0;               // bytes
    std::uint64_t rate = 0;               // bytes per second
    std::optional<std::uint64_t> left{};  // seconds; nothing while it cannot be known
};

/// A piece of work that has begun.
struct RunningWork {
    core::Work work;
    TransferRate::Time begun;
    TransferRate rate;
    std::uint64_t done = 0;     // bytes, with those that were there
    std::uint64_t present = 0;  // bytes that were there
    std::uint64_t counted = 0;  // bytes in the total of all: also those of what serves this work
    std::optional<core::Progress::Id> served{};  // the work whose bytes these are as well
    TransferRate::Time told{};                   // when a view last spoke of it

    [[nodiscard]] Amount amount(TransferRate::Time now) const;
};

/// Work comes in phases: between two of them nothing is running or expected. The total is that of a
/// phase, so that a file that is first hashed and then sent is not shown as twice its size. Work
/// that serves another piece of it is no piece of its own there, and its bytes are counted once.
class ProgressTally {
  public:
    using Time = TransferRate::Time;
    using Id = core::Progress::Id;

    /// Of the whole time.
    struct Sum {
        std::uint64_t ended = 0;
        std::uint64_t failed = 0;
        std::uint64_t passed = 0;   // bytes
        std::uint64_t present = 0;  // bytes
    };

    explicit ProgressTally(Time now) : phase_(now) {}

    void expect(std::uint64_t bytes, Time now);
    [[nodiscard]] Id begin(const core::Work& work, Time now);
    RunningWork& passed(Id id, std::uint64_t bytes, Time now);
    RunningWork& present(Id id, std::uint64_t bytes);
    RunningWork& restart(Id id);

    /// It is no longer running. What was not counted of work that came to its end was there.
    RunningWork end(Id id);
    RunningWork fail(Id id);

    /// In the order in which they began.
    [[nodiscard]] const std::map<Id, RunningWork>& running() const noexcept { return running_; }

    [[nodiscard]] Amount total(Time now) const;

    [[nodiscard]] Time phase_begun() const noexcept { return phase_.begun; }

    /// Pieces of work in this phase: those that ended, and all that are known of.
    [[nodiscard]] std::uint64_t pieces_ended() const noexcept { return phase_.ended; }

    [[nodiscard]] std::uint64_t pieces() const noexcept { return phase_.pieces + expected_pieces_; }

    [[nodiscard]] const Sum& sum() const noexcept { return sum_; }

  private:
    struct Phase {
        explicit Phase(Time now) : begun(now), rate(now) {}

        Time begun;
        TransferRate rate;
        std::uint64_t pieces = 0;  // that have begun
        std::uint64_t ended = 0;
        std::uint64_t size = 0;  // bytes, of the pieces that have begun
        std::uint64_t done = 0;  // bytes, of those
    };

    void begin_phase_if_idle(Time now);
    [[nodiscard]] std::optional<Id> served_by(const core::Work& work) const;
    [[nodiscard]] std::uint64_t count(RunningWork& work, std::uint64_t bytes);
    void uncount(RunningWork& work);
    void count_present(RunningWork& work, std::uint64_t bytes);
    RunningWork take(Id id);

    std::map<Id, RunningWork> running_;
    Id last_id_ = 0;
    std::uint64_t expected_pieces_ = 0;
    std::uint64_t expected_bytes_ = 0;
    Phase phase_;
    Sum sum_;
};

}  // namespace modelseal::cli
