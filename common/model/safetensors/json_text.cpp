#include "common/model/safetensors/json_text.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace modelseal::model {

namespace {

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

JsonText::JsonText(const core::RandomAccess& file,
                   std::uint64_t begin,
                   std::uint64_t length,
                   std::uint64_t text_limit)
    : file_(file),
      position_(begin),
      end_(begin + length),
      text_limit_(text_limit),
      chunk_{},
      chunk_begin_(begin),
      chunk_end_(begin) {
    fill();
    inspect();
}

void JsonText::advance() {
    const bool space = !in_string_ && is_space(current_);
    step();
    // nlohmann keeps white space until the next token: of a run it gets the first byte only.
    while (space && !at_end() && is_space(current_)) {
        step();
    }
}

void JsonText::step() {
    odd_space_ = odd_space_ || (is_space(current_) && current_ != ' ');
    follow_token();
    ++position_;
    if (position_ == chunk_end_) {
        fill();
    }
    inspect();
}

void JsonText::fill() {
    chunk_begin_ = chunk_end_;
    const std::uint64_t count = std::min<std::uint64_t>(chunk_.size(), end_ - chunk_begin_);
    const std::span<std::byte> piece(chunk_.data(), count);
    if (file_.read_at(chunk_begin_, piece) != piece.size()) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::changed_while_read,
                          "the file became shorter while it was read");
    }
    hash_.write(piece);
    chunk_end_ = chunk_begin_ + count;
}

void JsonText::inspect() {
    if (position_ == end_) {
        return;
    }
    current_ = static_cast<char>(chunk_[position_ - chunk_begin_]);
    if (static_cast<unsigned char>(current_) < 0x20 && !is_space(current_)) {
        stopped_ = Stop::control_byte;
    }
    if (token_length_ > text_limit_) {
        stopped_ = Stop::long_token;
    }
}

void JsonText::follow_token() noexcept {
    ++token_length_;
    if (!in_string_) {
        constexpr std::string_view between_tokens = " \t\n\r,:[]{}\"";
        if (between_tokens.find(current_) != std::string_view::npos) {
            token_length_ = 0;
        }
        in_string_ = current_ == '"';
        return;
    }
    if (escaped_) {
        escaped_ = false;
    } else if (current_ == '\\') {
        escaped_ = true;
    } else if (current_ == '"') {
        in_string_ = false;
        token_length_ = 0;
    }
}

std::uint64_t JsonText::skip_space() {
    const std::uint64_t before = position_;
    while (!at_end() && is_space(current_)) {
        advance();
    }
    return position_ - before;
}

digest::Digest JsonText::finish() {
    while (chunk_end_ < end_) {
        fill();
    }
    return hash_.finish();
}

}  // namespace modelseal::model
