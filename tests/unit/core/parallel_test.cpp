#include "common/core/parallel.hpp"

#include "common/core/error.hpp"

#include <algorithm>
#include <array>
#include <atomic>

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

    TEST_CASE("throws the first failure after the running items have ended, and starts no more") {
        std::atomic<int> started = 0;
        CHECK_THROWS_AS(parallel_for(1000,
                                     2,
                                     [&](std::size_t i) {
                                         ++started;
                                         if (i == 3) {
                                             throw Error(ErrorKind::io, "broken");
                                         }
                                     }),
                        Error);
        CHECK(started < 1000);
    }
}

}  // namespace modelseal::core
