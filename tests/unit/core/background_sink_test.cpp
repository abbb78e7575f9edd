#include "common/core/background_sink.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

using modelseal::core::as_bytes;
using modelseal::core::BackgroundSink;
using modelseal::core::Error;
using modelseal::core::StringSink;

TEST_SUITE("core/background_sink") {
    TEST_CASE("gives every byte to the other sink, in order") {
        std::string expected;
        StringSink target(std::uint64_t{64} << 20U);
        BackgroundSink sink(target);
        for (int i = 0; i < 1000; ++i) {
            const std::string piece(static_cast<std::size_t>(i) * 37,
                                    static_cast<char>('a' + i % 26));
            sink.write(as_bytes(piece));
            expected += piece;
        }
        sink.finish();
        CHECK(target.text() == expected);
    }

    TEST_CASE("nothing written is nothing passed on") {
        StringSink target(1);
        BackgroundSink sink(target);
        sink.finish();
        CHECK(target.text().empty());
    }

    TEST_CASE("reports what the other sink threw, at the latest when it finishes") {
        StringSink target(10);
        BackgroundSink sink(target);
        sink.write(as_bytes("more than ten bytes"));
        CHECK_THROWS_AS(sink.finish(), Error);
    }

    TEST_CASE("a writer does not wait for a sink that has failed") {
        StringSink target(10);
        BackgroundSink sink(target);
        const std::string block(std::size_t{1} << 20U, 'x');
        CHECK_THROWS_AS(
            [&] {
                for (int i = 0; i < 100; ++i) {
                    sink.write(as_bytes(block));
                }
            }(),
            Error);
    }

    TEST_CASE("can be left before the end") {
        StringSink target(std::uint64_t{8} << 20U);
        BackgroundSink sink(target);
        sink.write(as_bytes(std::string(3'000'000, 'x')));
    }
}
