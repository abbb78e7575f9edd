#include "common/model/content/pickle_arguments.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <string_view>

namespace modelseal::model::pickle {

namespace {

bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

/// What is left out of a long line may begin in the middle of a character.
bool is_utf8_as_far_as_kept(const Line& line) {
    constexpr std::size_t longest_sequence = 4;
    const std::size_t most = line.whole ? 1 : longest_sequence;
    for (std::size_t cut = 0; cut < most; ++cut) {
        if (core::is_utf8(std::string_view(line.text).substr(0, line.text.size() - cut))) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool can_be_number(const Line& line) {
    constexpr std::string_view digits = "0123456789";
    constexpr std::string_view others = "abcdefABCDEFxXoOlL_+-. \t\r\f\v";
    const std::string_view text = std::string_view(line.text).substr(0, line.text.find('\0'));
    const bool only_a_part = !line.whole && text.size() == line.text.size();
    if (text.empty()) {
        return !line.text.empty();
    }
    bool digit = false;
    for (const char c : text) {
        const bool counts = !is_ascii(c) || digits.find(c) != std::string_view::npos;
        if (!counts && others.find(c) == std::string_view::npos) {
            std::string word = core::ascii_lower(core::trim(text));
            word.erase(0, word.find_first_not_of("+-"));
            return word == "inf" || word == "nan" || word == "infinity";
        }
        digit = digit || counts;
    }
    return digit || only_a_part;
}

bool can_be_quoted(const Line& line) {
    return line.text.starts_with('\'') || line.text.starts_with('"');
}

bool can_be_module(const Line& line) {
    return !line.text.empty() && line.text.find('\0') == std::string::npos &&
           is_utf8_as_far_as_kept(line);
}

bool can_be_persistent_id(const Line& line) {
    return std::all_of(line.text.begin(), line.text.end(), is_ascii);
}

}  // namespace modelseal::model::pickle
