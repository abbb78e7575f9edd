#include "common/model/content/byte_cursor.hpp"

namespace modelseal::model {

namespace {
constexpr std::size_t line_limit = std::size_t{64} << 10U;
}  // namespace

std::optional<std::uint8_t> ByteCursor::next() {
    if (position_ == end_) {
        return std::nullopt;
    }
    if (position_ < buffer_begin_ || position_ - buffer_begin_ >= buffer_size_) {
        buffer_begin_ = position_;
        buffer_size_ = file_.read_at(position_, buffer_);
        if (buffer_size_ == 0) {
            return std::nullopt;
        }
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

std::optional<std::string> ByteCursor::line() {
    std::string text;
    while (text.size() <= line_limit) {
        const auto byte = next();
        if (!byte) {
            return std::nullopt;
        }
        if (*byte == '\n') {
            return text;
        }
        text.push_back(static_cast<char>(*byte));
    }
    return std::nullopt;
}

bool ByteCursor::skip_line() {
    return line().has_value();
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

}  // namespace modelseal::model
