#include "common/core/files/streamed_access.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <atomic>

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

constexpr std::size_t size = (std::size_t{6} << 20U) + 17;  // more than waits at once

Bytes content() {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 31 + (i >> 13U)) & 0xFFU);
    }
    return bytes;
}

/// Writes `bytes` in pieces of an odd size, and counts how often it was started.
struct CountingProducer {
    const Bytes& bytes;
    std::atomic<int>& starts;

    void operator()(ByteSink& to) const {
        ++starts;
        for (std::size_t at = 0; at < bytes.size(); at += 100'003) {
            to.write(
                std::span(bytes).subspan(at, std::min<std::size_t>(100'003, bytes.size() - at)));
        }
    }
};

Bytes read(const RandomAccess& from, std::uint64_t offset, std::size_t count) {
    Bytes buffer(count);
    buffer.resize(from.read_at(offset, buffer));
    return buffer;
}

}  // namespace

TEST_SUITE("core/files/streamed_access") {
    TEST_CASE("gives from front to back what was produced, in one pass") {
        const Bytes bytes = content();
        std::atomic<int> starts = 0;
        const StreamedAccess access(size, CountingProducer{bytes, starts});
        Bytes all;
        while (all.size() < size) {
            const Bytes piece = read(access, all.size(), 70'001);
            REQUIRE_FALSE(piece.empty());
            all.insert(all.end(), piece.begin(), piece.end());
        }
        CHECK(all == bytes);
        CHECK(read(access, size, 10).empty());
        CHECK(starts == 1);
    }

    TEST_CASE("starts again for a reader that goes back, and skips for one that goes forward") {
        const Bytes bytes = content();
        std::atomic<int> starts = 0;
        const StreamedAccess access(size, CountingProducer{bytes, starts});
        read(access, 0, 3'000'000);
        const Bytes again = read(access, 1'000'000, 500'000);
        CHECK(std::equal(again.begin(), again.end(), bytes.begin() + 1'000'000));
        CHECK(starts == 2);
        const Bytes later = read(access, size - 20, 100);
        CHECK(later.size() == 20);
        CHECK(std::equal(later.begin(), later.end(), bytes.end() - 20));
        CHECK(starts == 2);
    }

    TEST_CASE("gives the last bytes only when the producer has checked them") {
        const StreamedAccess access(3, [](ByteSink& to) {
            to.write(as_bytes("abc"));
            throw Error(ErrorKind::mismatch, "not what was promised");
        });
        CHECK(test::error_of([&] { read(access, 0, 3); }).kind() == ErrorKind::mismatch);
    }

    TEST_CASE("a producer that ends early gives a short read") {
        const StreamedAccess access(10, [](ByteSink& to) { to.write(as_bytes("abc")); });
        CHECK(read(access, 0, 10).size() == 3);
    }

    TEST_CASE("can be dropped in the middle, and without a read") {
        const Bytes bytes = content();
        std::atomic<int> starts = 0;
        {
            const StreamedAccess access(size, CountingProducer{bytes, starts});
            read(access, 0, 10);
        }
        { const StreamedAccess access(size, CountingProducer{bytes, starts}); }
        CHECK(starts == 1);
    }
}

}  // namespace modelseal::core
