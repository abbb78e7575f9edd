#include "common/cli/transfer_rate.hpp"

#include <doctest/doctest.h>

namespace modelseal::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TransferRate::Time start{std::chrono::hours(1)};

/// `rate` after `time` more at so many bytes a millisecond.
TransferRate::Time run(TransferRate& rate,
                       TransferRate::Time now,
                       milliseconds time,
                       std::uint64_t bytes) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(10)) {
        now += milliseconds(10);
        rate.add(10 * bytes, now);
    }
    return now;
}

}  // namespace

TEST_SUITE("cli/transfer_rate") {
    TEST_CASE("is right from the first measurement on, and not guessed before") {
        TransferRate rate(start);
        auto now = run(rate, start, milliseconds(200), 1000);
        CHECK(rate.per_second(now) == 0);
        now = run(rate, now, milliseconds(100), 1000);
        CHECK(rate.per_second(now) == 1'000'000);
        now = run(rate, now, seconds(60), 1000);
        CHECK(rate.per_second(now) == 1'000'000);
    }

    TEST_CASE("follows a change within seconds, not at once") {
        TransferRate rate(start);
        auto now = run(rate, start, seconds(60), 1000);
        now = run(rate, now, seconds(1), 2000);
        CHECK(rate.per_second(now) > 1'100'000);
        CHECK(rate.per_second(now) < 1'300'000);
        now = run(rate, now, seconds(14), 2000);
        CHECK(rate.per_second(now) > 1'900'000);
    }

    TEST_CASE("falls while nothing comes, although nobody says so") {
        TransferRate rate(start);
        const auto now = run(rate, start, seconds(60), 1000);
        CHECK(rate.per_second(now + seconds(5)) < 400'000);
        CHECK(rate.per_second(now + seconds(60)) < 100);
    }
}

}  // namespace modelseal::cli
