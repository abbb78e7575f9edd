#include "common/http/transfer.hpp"

#include <doctest/doctest.h>

namespace modelseal::http {

namespace {

using namespace std::chrono_literals;

/// The second in which a watch of 60 seconds' silence and windows of 30 gives a connection up that
/// moves `bytes` each second from the 10th on; 0 when it does not within 10 minutes.
int given_up_after(std::uint64_t bytes) {
    const StallWatch::Clock::time_point start;
    StallWatch watch(60s, 30s, start);
    std::uint64_t moved = 0;
    for (int second = 0; second <= 600; ++second) {
        moved += second >= 10 ? bytes : 0;
        if (watch.is_stalled(moved, start + std::chrono::seconds(second))) {
            return second;
        }
    }
    return 0;
}

}  // namespace

TEST_SUITE("http/transfer: stalls") {
    TEST_CASE("a connection on which nothing moves is given up") {
        CHECK(given_up_after(0) == 60);
    }

    TEST_CASE("a server that drips bytes is given up, one that is slow is not") {
        CHECK(given_up_after(1) == 40);
        CHECK(given_up_after(1000) == 40);
        CHECK(given_up_after(1024) == 0);
        CHECK(given_up_after(1'000'000) == 0);
    }

    TEST_CASE(
        "a server may think before its first byte, and a good minute does not excuse a bad one") {
        const StallWatch::Clock::time_point start;
        StallWatch watch(60s, 30s, start);
        CHECK_FALSE(watch.is_stalled(0, start + 59s));
        CHECK_FALSE(watch.is_stalled(1'000'000, start + 59s));
        CHECK_FALSE(watch.is_stalled(2'000'000, start + 89s));
        CHECK_FALSE(watch.is_stalled(2'000'010, start + 118s));
        CHECK(watch.is_stalled(2'000'020, start + 119s));
    }
}

}  // namespace modelseal::http
