// Sequential reading with long jumps, for walks that look at little of a large file.
#pragma once

#include "common/core/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::model {

/// A line, as far as it was read and kept.
struct Line {
    enum class End { newline, end_of_file, limit };

    std::string text;        // without the newline; of a long line the first 4 KiB
    bool whole = true;       // whether that is all of it
    End end = End::newline;  // where reading stopped
};

/// A position in a file. Bytes are read 4 KiB at a time, more when reading goes on behind them;
/// skipping reads nothing.
class ByteCursor {
  public:
    explicit ByteCursor(const core::RandomAccess& file) noexcept
        : ByteCursor(file, 0, file.size()) {}

    /// Only bytes [begin, end) of the file, which must lie in it.
    ByteCursor(const core::RandomAccess& file, std::uint64_t begin, std::uint64_t end) noexcept
        : file_(file), position_(begin), end_(end) {}

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    [[nodiscard]] std::uint64_t left() const noexcept { return end_ - position_; }

    /// The next byte; nothing at the end.
    [[nodiscard]] std::optional<std::uint8_t> next();

    /// False when fewer than `count` bytes are left.
    [[nodiscard]] bool skip(std::uint64_t count) noexcept;

    /// Up to the next newline and behind it, the end, or `limit` bytes on.
    [[nodiscard]] Line line(std::uint64_t limit);

    /// An unsigned integer of `width` bytes.
    [[nodiscard]] std::optional<std::uint64_t> little_endian(unsigned width);

    /// Goes to bytes [begin, end) of the same file; what was read already is not read again.
    void move_to(std::uint64_t begin, std::uint64_t end) noexcept;

  private:
    [[nodiscard]] bool fill();

    const core::RandomAccess& file_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::vector<std::byte> buffer_;
    std::uint64_t buffer_begin_ = 0;
    std::size_t buffer_size_ = 0;
};

}  // namespace modelseal::model
