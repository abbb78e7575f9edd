#include "common/registry/download/connection_tuner.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

/// Twice the connections must bring at least this much, else they are only a burden for others.
constexpr double worthwhile_gain = 1.3;

/// New connections need a while to shake hands and to reach their speed.
constexpr unsigned patience = 3;

/// A connection this fast (bytes a second) is not what limits a download: hashing is.
constexpr double fast = 512.0 * (1 << 20);

/// With less left than this many seconds, a trial would cost more than it can bring.
constexpr double worthwhile_rest = 1.0;

}  // namespace

void ConnectionTuner::measured(std::uint64_t bytes, double seconds, std::uint64_t left) noexcept {
    if (settled_ || seconds <= 0) {
        return;
    }
    const double rate = static_cast<double>(bytes) / seconds;
    const bool on_trial = count_ > proven_;
    if (on_trial && rate < worthwhile_gain * proven_rate_) {
        if (++disappointed_ == patience) {
            count_ = proven_;
            settled_ = true;
        }
        return;
    }
    disappointed_ = 0;
    proven_ = count_;
    proven_rate_ = rate;
    consider_more(rate, left);
}

void ConnectionTuner::consider_more(double rate, std::uint64_t left) noexcept {
    const bool is_fast = rate >= fast * static_cast<double>(count_);
    const bool is_nearly_done = static_cast<double>(left) < rate * worthwhile_rest;
    if (is_fast || is_nearly_done || count_ >= limit_) {
        settled_ = true;
    } else {
        count_ = std::min(2 * count_, limit_);
    }
}

}  // namespace modelseal::registry
