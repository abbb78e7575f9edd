#include "common/registry/download/connection_tuner.hpp"

#include <functional>

#include <doctest/doctest.h>

using modelseal::registry::ConnectionTuner;

namespace {

constexpr double mib = 1 << 20;
constexpr std::uint64_t much = std::uint64_t{1} << 40U;

/// Tells the tuner what each count of connections brings in a second, until it has settled; how
/// many windows that took is limited.
std::size_t settled_count(ConnectionTuner& tuner,
                          const std::function<double(std::size_t)>& mib_per_second) {
    for (int window = 0; window < 50 && !tuner.is_settled(); ++window) {
        const double rate = mib_per_second(tuner.count()) * mib;
        tuner.measured(static_cast<std::uint64_t>(rate), 1.0, much);
    }
    CHECK(tuner.is_settled());
    return tuner.count();
}

}  // namespace

TEST_SUITE("registry/download/connection_tuner") {
    TEST_CASE("behind a limit per connection it takes all it may have") {
        ConnectionTuner tuner(16);
        CHECK(tuner.count() == 1);
        CHECK(settled_count(tuner, [](std::size_t count) {
                  return 50.0 * static_cast<double>(count);
              }) == 16);
    }

    TEST_CASE("a fast connection stays alone") {
        ConnectionTuner tuner(16);
        tuner.measured(static_cast<std::uint64_t>(900 * mib), 1.0, much);
        CHECK(tuner.is_settled());
        CHECK(tuner.count() == 1);
    }

    TEST_CASE("connections that bring nothing are given up again") {
        ConnectionTuner alone(16);
        CHECK(settled_count(alone, [](std::size_t) { return 100.0; }) == 1);
        ConnectionTuner some(16);
        CHECK(settled_count(some, [](std::size_t count) {
                  return count < 4 ? 50.0 * static_cast<double>(count) : 200.0;
              }) == 4);
    }

    TEST_CASE("a trial has a few windows to show what it is worth") {
        ConnectionTuner tuner(2);
        tuner.measured(100, 1.0, much);
        CHECK(tuner.count() == 2);
        tuner.measured(100, 1.0, much);
        tuner.measured(110, 1.0, much);
        CHECK_FALSE(tuner.is_settled());
        tuner.measured(200, 1.0, much);
        CHECK(tuner.is_settled());
        CHECK(tuner.count() == 2);
    }

    TEST_CASE("what is nearly done is not worth a trial") {
        ConnectionTuner tuner(16);
        tuner.measured(1000, 1.0, 999);
        CHECK(tuner.is_settled());
        CHECK(tuner.count() == 1);
    }

    TEST_CASE("a window without time or bytes harms nothing") {
        ConnectionTuner tuner(16);
        tuner.measured(1000, 0.0, much);
        CHECK(tuner.count() == 1);
        tuner.measured(0, 1.0, much);
        CHECK(tuner.count() == 2);
        tuner.measured(0, 1.0, 0);
        CHECK(tuner.count() <= 4);
    }
}
