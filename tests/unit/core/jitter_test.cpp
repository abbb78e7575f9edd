#include "common/core/jitter.hpp"

#include <set>
#include <thread>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/jitter") {
    TEST_CASE("a random wait lies between its limits and is not always the same") {
        using std::chrono::milliseconds;
        std::set<milliseconds> waits;
        for (int i = 0; i < 1000; ++i) {
            const milliseconds wait = random_wait(milliseconds(250), milliseconds(1000));
            CHECK(wait >= milliseconds(250));
            CHECK(wait <= milliseconds(1000));
            waits.insert(wait);
        }
        CHECK(waits.size() > 100);
        CHECK(random_wait(milliseconds(7), milliseconds(7)) == milliseconds(7));
    }

    TEST_CASE("two threads do not stay in step") {
        double theirs = 0;
        std::thread([&] { theirs = random_part(); }).join();
        double others = 0;
        std::thread([&] { others = random_part(); }).join();
        CHECK(theirs != others);
    }
}

}  // namespace modelseal::core
