#include "common/digest/chunk_reader.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include <doctest/doctest.h>

namespace modelseal::digest {

namespace {

constexpr std::size_t chunk = std::size_t{256} << 10U;
constexpr std::chrono::milliseconds pause(1);

core::Bytes numbered(std::size_t size) {
    core::Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 31U + i / chunk) & 0xFFU);
    }
    return bytes;
}

/// Memory that does something before each read.
class Slowed final : public core::RandomAccess {
  public:
    Slowed(std::span<const std::byte> bytes, std::function<void(std::uint64_t offset)> before)
        : bytes_(bytes), before_(std::move(before)) {}

    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        before_(offset);
        return bytes_.read_at(offset, buffer);
    }

  private:
    core::MemoryAccess bytes_;
    std::function<void(std::uint64_t)> before_;
};

void never(std::uint64_t /*offset*/) {}

void briefly(std::uint64_t /*offset*/) {
    std::this_thread::sleep_for(pause);
}

core::Bytes read_through(const core::RandomAccess& from, void (*between)(std::uint64_t)) {
    ReadAheadReader reader(from, [](std::span<const std::byte> /*bytes*/) {});
    core::Bytes all;
    for (auto bytes = reader.next(); !bytes.empty(); bytes = reader.next()) {
        between(all.size());
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    CHECK(reader.next().empty());
    return all;
}

}  // namespace

TEST_SUITE("digest/chunk_reader") {
    TEST_CASE("reads ahead at any pace of the two threads, and of any number of chunks") {
        for (const std::size_t size : {std::size_t{0},
                                       std::size_t{1},
                                       chunk,
                                       3 * chunk,
                                       4 * chunk,
                                       5 * chunk,
                                       13 * chunk + 7}) {
            CAPTURE(size);
            const core::Bytes bytes = numbered(size);
            CHECK(read_through(Slowed(bytes, never), never) == bytes);
            CHECK(read_through(Slowed(bytes, briefly), never) == bytes);
            CHECK(read_through(Slowed(bytes, never), briefly) == bytes);
            CHECK(read_through(Slowed(bytes, briefly), briefly) == bytes);
        }
    }

    TEST_CASE("what reading ahead fails with comes after the chunks before it") {
        const core::Bytes bytes = numbered(9 * chunk);
        const Slowed broken(bytes, [](std::uint64_t offset) {
            if (offset == 6 * chunk) {
                throw core::Error(core::ErrorKind::io, "broken");
            }
        });
        ReadAheadReader reader(broken, [](std::span<const std::byte> /*bytes*/) {});
        for (int i = 0; i < 6; ++i) {
            CHECK(reader.next().size() == chunk);
        }
        CHECK(test::error_of([&] { return reader.next().size(); }).message() == "broken");
    }

    TEST_CASE("a reader that is given up does not wait for the rest") {
        const core::Bytes bytes = numbered(64 * chunk);
        std::uint64_t reached = 0;
        {
            const Slowed counted(bytes, [&](std::uint64_t offset) { reached = offset; });
            ReadAheadReader reader(counted, [](std::span<const std::byte> /*bytes*/) {});
            CHECK(reader.next().size() == chunk);
        }
        CHECK(reached < 8 * chunk);
    }
}

}  // namespace modelseal::digest
