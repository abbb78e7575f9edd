#include "common/model/content/byte_cursor.hpp"

#include "common/core/bytes.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace modelseal::model {

namespace {
constexpr std::size_t smallest_read = std::size_t{4} << 10U;
constexpr std::size_t largest_read = std::size_t{64} << 10U;
constexpr std::size_t kept_of_line = std::size_t{4} << 10U;
}  // namespace

/// Whether there is a byte at the position, which is then in the buffer.
bool ByteCursor::fill() {
    if (position_ == end_) {
        return false;
    }
    if (position_ >= buffer_begin_ && position_ - buffer_begin_ < buffer_size_) {
        return true;
    }
    const bool goes_on = buffer_size_ > 0 && position_ == buffer_begin_ + buffer_size_;
    buffer_.resize(goes_on ? std::min(2 * buffer_.size(), largest_read) : smallest_read);
    buffer_begin_ = position_;
    buffer_size_ = file_.read_at(position_, buffer_);
    return buffer_size_ > 0;
}

std::optional<std::uint8_t> ByteCursor::next() {
    if (!fill()) {
        return std::nullopt;
    }
    return std::to_integer<std::uint8_t>(buffer_[position_++ - buffer_begin_]);
}

bool ByteCursor::skip(std::uint64_t count) noexcept {
    if (count > left()) {
        return false;
    }
    position_ += count;
    return true;
}

Line ByteCursor::line(std::uint64_t limit) {
    Line line;
    while (limit > 0) {
        if (!fill()) {
            line.end = Line::End::end_of_file;
            return line;
        }
        const std::uint64_t here = position_ - buffer_begin_;
        const std::uint64_t count = std::min({buffer_size_ - here, left(), limit});
        const std::string_view ready =
            core::as_text(std::span(buffer_).subspan(here, static_cast<std::size_t>(count)));
        const std::size_t newline = ready.find('\n');
        const std::string_view part = ready.substr(0, newline);
        line.text += part.substr(0, kept_of_line - line.text.size());
        line.whole = line.whole && line.text.size() < kept_of_line;
        if (newline != std::string_view::npos) {
            position_ += newline + 1;
            return line;
        }
        position_ += count;
        limit -= count;
    }
    line.end = Line::End::limit;
    return line;
}

std::optional<std::uint64_t> ByteCursor::little_endian(unsigned width) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) {
        const auto byte = next();
        if (!byte) {
            return std::nullopt;
        }
        value |= std::uint64_t{*byte} << (8 * i);
    }
    return value;
}

void ByteCursor::move_to(std::uint64_t begin, std::uint64_t end) noexcept {
    position_ = begin;
    end_ = end;
}

}  // namespace modelseal::model
