#include "common/registry/download/range_plan.hpp"

#include <limits>
#include <random>

#include <doctest/doctest.h>

using modelseal::core::ByteRange;
using modelseal::core::ByteRanges;
using modelseal::registry::RangePlan;

TEST_SUITE("registry/download/range_plan") {
    TEST_CASE("hands out the missing bytes in order, each once") {
        RangePlan plan({{0, 10}, {20, 25}});
        CHECK(plan.left() == 15);
        CHECK(plan.take(4) == ByteRange{0, 4});
        CHECK(plan.take(100) == ByteRange{4, 10});
        CHECK(plan.left() == 5);
        CHECK(plan.take(std::numeric_limits<std::uint64_t>::max()) == ByteRange{20, 25});
        CHECK_FALSE(plan.take(1));
        CHECK(plan.left() == 0);
        CHECK_FALSE(RangePlan({}).take(1));
    }

    TEST_CASE("what is given back is the next where it comes first") {
        RangePlan plan({{0, 100}});
        REQUIRE(plan.take(50));
        plan.give_back({30, 50});
        CHECK(plan.left() == 70);
        CHECK(plan.take(1000) == ByteRange{30, 100});
        plan.give_back({90, 100});
        plan.give_back({10, 20});
        plan.give_back({40, 40});
        CHECK(plan.take(1000) == ByteRange{10, 20});
        CHECK(plan.take(1000) == ByteRange{90, 100});
        CHECK_FALSE(plan.take(1));
    }

    TEST_CASE("every byte arrives exactly once, however often parts are given back") {
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            constexpr std::uint64_t size = 1000;
            RangePlan plan({{100, size}});
            ByteRanges arrived;
            std::uint64_t count = 0;
            std::vector<ByteRange> held;
            while (plan.left() > 0 || !held.empty()) {
                if (const auto taken = plan.take(1 + random() % 90)) {
                    held.push_back(*taken);
                }
                const std::size_t which = random() % held.size();
                const ByteRange range = held[which];
                const std::uint64_t done = range.first + random() % (range.size() + 1);
                held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
                arrived.add({range.first, done});
                count += done - range.first;
                plan.give_back({done, range.end});
            }
            REQUIRE(count == 900);
            REQUIRE(arrived.missing(size) == std::vector<ByteRange>{{0, 100}});
        }
    }
}
