// Sequential reading with long jumps, for walks that look at little of a large file.
#pragma once

#include "common/core/stream.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace modelseal::model {

/// A position in a file. Bytes are read 4 KiB at a time; skipping reads nothing.
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

    /// Up to and without the next newline; nothing when there is none within 64 KiB.
    [[nodiscard]] std::optional<std::string> line();
    [[nodiscard]] bool skip_line();

    /// An unsigned integer of `width` bytes.
    [[nodiscard]] std::optional<std::uint64_t> little_endian(unsigned width);

  private:
    const core::RandomAccess& file_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::array<std::byte, 4096> buffer_{};
    std::uint64_t buffer_begin_ = 0;
    std::size_t buffer_size_ = 0;
};

}  // namespace modelseal::model
