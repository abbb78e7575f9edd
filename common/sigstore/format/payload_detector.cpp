#include "common/sigstore/format/payload_detector.hpp"

#include "common/core/bytes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace modelseal::sigstore {

namespace {

constexpr std::array<std::string_view, 3> path = {"critical", "image", "docker-manifest-digest"};

/// Longer names match nothing: the longest of the path, and one byte that shows that more follows.
constexpr std::size_t name_limit = path[2].size() + 1;

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// As Go compares names: simple case folding, which makes two characters beyond ASCII equal to
/// letters: U+017F to s, U+212A to k. Nothing for a character that no name of the path has.
std::optional<char> fold(std::uint32_t unit) noexcept {
    if (unit == 0x17F) {
        return 's';
    }
    if (unit == 0x212A) {
        return 'k';
    }
    if (unit >= 'A' && unit <= 'Z') {
        return static_cast<char>(unit - 'A' + 'a');
    }
    return unit < 0x80 ? std::optional(static_cast<char>(unit)) : std::nullopt;
}

std::optional<std::uint32_t> hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint32_t>(c - '0');
    }
    const auto lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f'
               ? std::optional(static_cast<std::uint32_t>(lower - 'a' + 10))
               : std::nullopt;
}

/// The same two characters where they stand in the text itself, as UTF-8, and letters folded.
std::string fold_text(std::string_view text) {
    std::string folded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("\xC5\xBF")) {
            folded.push_back('s');
            i += 1;
        } else if (text.substr(i).starts_with("\xE2\x84\xAA")) {
            folded.push_back('k');
            i += 2;
        } else {
            const auto unit = static_cast<unsigned char>(text[i]);
            folded.push_back(fold(unit).value_or('\0'));
        }
    }
    return folded;
}

/// Room for a name of the path in its longest spelling: three bytes a character.
constexpr std::size_t text_limit = 3 * name_limit;

}  // namespace

void PayloadDetector::write(std::span<const std::byte> bytes) {
    for (const char c : core::as_text(bytes)) {
        if (state_ == State::done) {
            return;
        }
        take(c);
    }
}

void PayloadDetector::take(char c) {
    switch (state_) {
        case State::before:
            if (c == '{') {
                state_ = State::between;
                open(true);
            } else if (!is_space(c)) {
                state_ = State::done;
            }
            return;
        case State::between:
            return take_between(c);
        case State::string:
            return take_in_string(c);
        case State::escape:
            return take_escape(c);
        case State::unicode:
            return take_hex_digit(c);
        case State::done:
            return;
    }
}

void PayloadDetector::take_between(char c) {
    switch (c) {
        case '"':
            text_.clear();
            state_ = State::string;
            return;
        case '{':
            return open(true);
        case '[':
            return open(false);
        case '}':
        case ']':
            return close();
        case ':':
            expects_value_ = true;
            return;
        case ',':
            expects_value_ = false;
            name_matches_ = false;
            return;
        default:
            return;  // white space, numbers, true, false, null
    }
}

void PayloadDetector::open(bool is_object) {
    const bool is_on_path = depth_ == 0 || (matched_ == depth_ && name_matches_ && expects_value_);
    if (is_on_path && is_object && depth_ < path.size()) {
        matched_ = depth_ + 1;
    }
    ++depth_;
    expects_value_ = false;
    name_matches_ = false;
}

void PayloadDetector::close() {
    if (--depth_ == 0) {
        state_ = State::done;  // nothing that a parser accepts follows
        return;
    }
    matched_ = std::min(matched_, depth_);
    expects_value_ = false;
    name_matches_ = false;
}

void PayloadDetector::take_in_string(char c) {
    if (c == '"') {
        end_string();
    } else if (c == '\\') {
        state_ = State::escape;
    } else {
        append(c);
    }
}

void PayloadDetector::take_escape(char c) {
    if (c == 'u') {
        unit_ = 0;
        digits_ = 0;
        state_ = State::unicode;
        return;
    }
    append('\0');  // none of these characters is in a name of the path
    state_ = State::string;
}

void PayloadDetector::take_hex_digit(char c) {
    const auto value = hex_value(c);
    if (!value) {
        state_ = State::done;  // no parser takes this
        return;
    }
    unit_ = unit_ * 16 + *value;
    if (++digits_ == 4) {
        append(fold(unit_).value_or('\0'));
        state_ = State::string;
    }
}

void PayloadDetector::append(char c) {
    if (text_.size() < text_limit) {
        text_.push_back(c);
    }
}

void PayloadDetector::end_string() {
    state_ = State::between;
    if (matched_ != depth_) {
        return;
    }
    if (!expects_value_) {
        name_matches_ = fold_text(text_) == path.at(depth_ - 1);
    } else if (depth_ == path.size() && name_matches_) {
        found_ = true;
        state_ = State::done;
    }
}

}  // namespace modelseal::sigstore
