#include "common/core/files/windowed_access.hpp"

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

constexpr std::uint64_t window = WindowPool::window_size;

/// Counts how often it is asked.
class CountingAccess final : public RandomAccess {
  public:
    explicit CountingAccess(std::uint64_t size) : size_(size) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        ++reads;
        std::size_t count = 0;
        for (; count < buffer.size() && offset + count < size_; ++count) {
            buffer[count] = value_at(offset + count);
        }
        return count;
    }

    static std::byte value_at(std::uint64_t offset) {
        return static_cast<std::byte>((offset * 7 + (offset >> 8U)) & 0xFFU);
    }

    mutable int reads = 0;

  private:
    std::uint64_t size_;
};

/// Whether `count` bytes at `offset` are read, and right.
bool reads_right(const WindowedAccess& access, std::uint64_t offset, std::size_t count) {
    Bytes buffer(count);
    if (access.read_at(offset, buffer) != count) {
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (buffer[i] != CountingAccess::value_at(offset + i)) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_SUITE("core/files/windowed_access") {
    TEST_CASE("small steps cost one read per window") {
        const CountingAccess content(3 * window);
        WindowPool pool;
        const WindowedAccess access(content, pool);
        for (std::uint64_t at = 0; at + 100 <= 3 * window; at += 1000) {
            REQUIRE(reads_right(access, at, 100));
        }
        CHECK(content.reads == 3);
    }

    TEST_CASE("reads over the border of windows, at the end, and past it") {
        const CountingAccess content(window + 10);
        WindowPool pool;
        const WindowedAccess access(content, pool);
        CHECK(reads_right(access, window - 5, 15));
        Bytes buffer(20);
        CHECK(access.read_at(window, buffer) == 10);
        CHECK(access.read_at(window + 10, buffer) == 0);
    }

    TEST_CASE("a large read passes through") {
        const CountingAccess content(4 * window);
        WindowPool pool;
        const WindowedAccess access(content, pool);
        CHECK(reads_right(access, 1, 2 * window));
        CHECK(content.reads == 1);
    }

    TEST_CASE("keeps the windows used last, of all contents together") {
        const CountingAccess content(100 * window);
        const CountingAccess other(window);
        WindowPool pool;
        const WindowedAccess access(content, pool);
        CHECK(reads_right(WindowedAccess(other, pool), 0, 1));
        for (std::uint64_t i = 1; i < WindowPool::windows_kept; ++i) {
            CHECK(reads_right(access, i * window, 1));
        }
        CHECK(reads_right(WindowedAccess(other, pool), 0, 1));
        CHECK(other.reads == 1);
        CHECK(content.reads == 31);
        CHECK(reads_right(access, 50 * window, 1));  // takes the place of the first
        CHECK(reads_right(WindowedAccess(other, pool), 0, 1));
        CHECK(other.reads == 1);
        CHECK(reads_right(access, window, 1));
        CHECK(content.reads == 33);
    }
}

}  // namespace modelseal::core
