#include "common/core/files/byte_ranges.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

using modelseal::core::ByteRange;
using modelseal::core::ByteRanges;

namespace {

std::vector<ByteRange> listed(const ByteRanges& ranges) {
    return {ranges.list().begin(), ranges.list().end()};
}

using List = std::vector<ByteRange>;

}  // namespace

TEST_SUITE("core/files/byte_ranges") {
    TEST_CASE("ranges that touch or overlap become one, in whatever order they come") {
        ByteRanges ranges;
        ranges.add({10, 20});
        ranges.add({30, 40});
        CHECK(listed(ranges) == List{{10, 20}, {30, 40}});
        ranges.add({20, 25});
        CHECK(listed(ranges) == List{{10, 25}, {30, 40}});
        ranges.add({0, 5});
        CHECK(listed(ranges) == List{{0, 5}, {10, 25}, {30, 40}});
        ranges.add({4, 35});
        CHECK(listed(ranges) == List{{0, 40}});
        ranges.add({50, 50});
        ranges.add({7, 3});
        CHECK(listed(ranges) == List{{0, 40}});
    }

    TEST_CASE("knows its front, its total and its gaps") {
        ByteRanges ranges;
        CHECK(ranges.front() == 0);
        CHECK(ranges.missing(0).empty());
        CHECK(ranges.missing(9) == List{{0, 9}});
        ranges.add({10, 20});
        CHECK(ranges.front() == 0);
        CHECK(ranges.total() == 10);
        CHECK(ranges.missing(30) == List{{0, 10}, {20, 30}});
        CHECK(ranges.missing(20) == List{{0, 10}});
        CHECK(ranges.missing(15) == List{{0, 10}});
        CHECK(ranges.missing(5) == List{{0, 5}});
        ranges.add({0, 3});
        CHECK(ranges.front() == 3);
        ranges.add({3, 10});
        CHECK(ranges.front() == 20);
        CHECK(ranges.missing(20).empty());
    }

    TEST_CASE("agrees with a set of single bytes for every sequence of three small ranges") {
        constexpr std::uint64_t size = 6;
        std::vector<ByteRange> all;
        for (std::uint64_t first = 0; first < size; ++first) {
            for (std::uint64_t end = first; end <= size; ++end) {
                all.push_back({first, end});
            }
        }
        const auto bytes_of = [](const std::vector<ByteRange>& list) {
            std::vector<bool> bytes(size);
            for (const ByteRange& range : list) {
                for (std::uint64_t byte = range.first; byte < range.end; ++byte) {
                    bytes[byte] = true;
                }
            }
            return bytes;
        };
        for (const ByteRange& a : all) {
            for (const ByteRange& b : all) {
                for (const ByteRange& c : all) {
                    ByteRanges ranges;
                    ranges.add(a);
                    ranges.add(b);
                    ranges.add(c);
                    auto expected = bytes_of({a, b, c});
                    REQUIRE(bytes_of(listed(ranges)) == expected);
                    REQUIRE(ranges.total() == static_cast<std::size_t>(std::count(
                                                  expected.begin(), expected.end(), true)));
                    expected.flip();
                    REQUIRE(bytes_of(ranges.missing(size)) == expected);
                }
            }
        }
    }
}
