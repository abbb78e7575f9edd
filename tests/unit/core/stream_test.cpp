#include "common/core/stream.hpp"

#include "common/core/error.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/stream") {
    TEST_CASE("reads memory in pieces until its end") {
        MemorySource source(as_bytes("abcde"));
        Bytes buffer(2);
        CHECK(source.read(buffer) == 2);
        CHECK(as_text(buffer) == "ab");
        CHECK(source.read(buffer) == 2);
        CHECK(source.read(buffer) == 1);
        CHECK(source.read(buffer) == 0);
        CHECK(source.read(buffer) == 0);
    }

    TEST_CASE("reads memory at any position") {
        const MemoryAccess memory(as_bytes("abcde"));
        Bytes buffer(3);
        CHECK(memory.read_at(3, buffer) == 2);
        CHECK(memory.read_at(5, buffer) == 0);
        CHECK(memory.read_at(~std::uint64_t{0}, buffer) == 0);
    }

    TEST_CASE("a part of content is content of its own") {
        const MemoryAccess memory(as_bytes("0123456789"));
        const RangeAccess part(memory, 2, 3);
        CHECK(part.size() == 3);
        Bytes buffer(5);
        CHECK(part.read_at(0, buffer) == 3);
        CHECK(as_text(std::span(buffer).first(3)) == "234");
        CHECK(part.read_at(2, buffer) == 1);
        CHECK(part.read_at(3, buffer) == 0);
        CHECK(part.read_at(~std::uint64_t{0}, buffer) == 0);
    }

    TEST_CASE("reads a range, or from an offset to the end") {
        const MemoryAccess memory(as_bytes("0123456789"));
        RangeSource middle(memory, 2, 3);
        CHECK(read_all(middle, 100) == "234");
        RangeSource rest(memory, 7);
        CHECK(read_all(rest, 100) == "789");
        RangeSource beyond(memory, 11);
        CHECK(read_all(beyond, 100).empty());
    }

    TEST_CASE("copies everything and counts it") {
        const std::string text(3'000'000, 'x');
        MemorySource source(as_bytes(text));
        StringSink sink(text.size());
        CHECK(copy(source, sink) == text.size());
        CHECK(sink.text() == text);
    }

    TEST_CASE("collects up to a limit") {
        StringSink sink(3);
        sink.write(as_bytes("ab"));
        try {
            sink.write(as_bytes("cd"));
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.reason() == Reason::limit_exceeded);
        }
        CHECK(sink.text() == "ab");
    }

    TEST_CASE("gives every byte to each of several sinks") {
        StringSink first(10);
        StringSink second(10);
        TeeSink tee({&first, &second});
        tee.write(as_bytes("a"));
        tee.write(as_bytes("b"));
        CHECK(first.text() == "ab");
        CHECK(second.text() == "ab");
    }
}

}  // namespace modelseal::core
