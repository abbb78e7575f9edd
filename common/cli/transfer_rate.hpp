// How fast bytes move, as a number that a person can read while it changes.
#pragma once

#include <chrono>
#include <cstdint>

namespace modelseal::cli {

/// The rate of the last seconds: what was long ago counts less and less, so that a stall and a
/// recovery show soon, and a single late packet does not.
class TransferRate {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit TransferRate(Time begun) : measured_(begun) {}

    void add(std::uint64_t bytes, Time now);

    /// In bytes; 0 in the first quarter of a second, when nobody can know.
    [[nodiscard]] std::uint64_t per_second(Time now) const;

  private:
    void measure(Time now);

    Time measured_;            // up to when
    std::uint64_t since_ = 0;  // bytes that came after that
    double mean_ = 0;          // bytes per second, of all measurements weighed by age …
    double weight_ = 0;        // … whose weights have this sum
};

}  // namespace modelseal::cli
