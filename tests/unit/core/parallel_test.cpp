#include "common/core/parallel.hpp"

#include "common/core/error.hpp"
#include "tests/support/no_more_threads.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <thread>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/parallel") {
    TEST_CASE("does every item exactly once, whatever the number of threads") {
        for (const std::size_t threads : {0U, 1U, 2U, 7U, 100U}) {
            CAPTURE(threads);
            std::array<std::atomic<int>, 50> done{};
            parallel_for(done.size(), threads, [&](std::size_t i) { ++done.at(i); });
            CHECK(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
        }
    }

    TEST_CASE("does nothing for no items") {
        parallel_for(0, 4, [](std::size_t /*i*/) { FAIL("there is nothing to do"); });
    }

    TEST_CASE("throws the first failure and starts no further item") {
        std::atomic<int> started = 0;
        const auto body = [&](std::size_t i) {
            ++started;
            if (i == 3) {
                throw Error(ErrorKind::io, "broken");
            }
        };
        CHECK_THROWS_WITH_AS(parallel_for(1000, 1, body), "broken", Error);
        CHECK(started == 4);
        // With several threads, what the others start meanwhile is a matter of scheduling.
        CHECK_THROWS_WITH_AS(parallel_for(1000, 4, body), "broken", Error);
    }

    TEST_CASE("where no thread can be started, the caller's does all") {
        const test::NoMoreThreads limit;
        CHECK_THROWS_AS(std::thread([] {}).join(), std::system_error);
        std::array<int, 50> done{};
        const std::thread::id caller = std::this_thread::get_id();
        parallel_for(done.size(), 4, [&](std::size_t i) {
            CHECK(std::this_thread::get_id() == caller);
            ++done.at(i);
        });
        CHECK(std::all_of(done.begin(), done.end(), [](int n) { return n == 1; }));
    }

    TEST_CASE("returns only when no item is running any more") {
        std::atomic<int> running = 0;
        CHECK_THROWS_AS(parallel_for(100,
                                     4,
                                     [&](std::size_t i) {
                                         ++running;
                                         std::this_thread::yield();
                                         --running;
                                         if (i == 50) {
                                             throw Error(ErrorKind::io, "broken");
                                         }
                                     }),
                        Error);
        CHECK(running == 0);
    }
}

}  // namespace modelseal::core
