#include "common/cli/transfer_rate.hpp"

#include <cmath>

namespace modelseal::cli {

namespace {

constexpr auto shortest_measurement = std::chrono::milliseconds(250);
constexpr double memory_seconds = 5;  // after which a measurement counts 1/e

}  // namespace

void TransferRate::add(std::uint64_t bytes, Time now) {
    since_ += bytes;
    measure(now);
}

void TransferRate::measure(Time now) {
    if (now - measured_ < shortest_measurement) {
        return;
    }
    const double seconds = std::chrono::duration<double>(now - measured_).count();
    const double share = 1 - std::exp(-seconds / memory_seconds);
    mean_ += share * (static_cast<double>(since_) / seconds - mean_);
    weight_ += share * (1 - weight_);
    measured_ = now;
    since_ = 0;
}

std::uint64_t TransferRate::per_second(Time now) const {
    TransferRate until_now = *this;
    until_now.measure(now);
    return until_now.weight_ > 0
               ? static_cast<std::uint64_t>(std::llround(until_now.mean_ / until_now.weight_))
               : 0;
}

}  // namespace modelseal::cli
