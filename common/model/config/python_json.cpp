#include "common/model/config/python_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace modelseal::model {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
    return static_cast<std::size_t>(end - text.begin());
}

/// Bytes of the number without sign that `text` begins with; 0 when it is none.
std::size_t number_length(std::string_view text) {
    for (const std::string_view word : {"NaN", "Infinity"}) {
        if (text.starts_with(word)) {
            return word.size();
        }
    }
    std::size_t length = text.starts_with('0') ? 1 : count_digits(text);
    if (length == 0) {
        return 0;
    }
    if (text.substr(length).starts_with('.')) {
        const std::size_t fraction = count_digits(text.substr(length + 1));
        length += fraction == 0 ? 0 : fraction + 1;
    }
    std::string_view rest = text.substr(length);
    if (rest.starts_with('e') || rest.starts_with('E')) {
        rest.remove_prefix(1);
        const bool sign = rest.starts_with('+') || rest.starts_with('-');
        const std::size_t exponent = count_digits(rest.substr(sign ? 1 : 0));
        length += exponent == 0 ? 0 : exponent + (sign ? 2 : 1);
    }
    return length;
}

/// Where the text in quotes ends that begins at `at`.
std::size_t end_of_text(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') {
            ++at;
        }
    }
    return at + 1;
}

}  // namespace

void blank_numbers(std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            at = end_of_text(text, at);
            continue;
        }
        const std::size_t length = number_length(std::string_view(text).substr(at));
        if (length > 0) {
            text[at] = '0';
            std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, length - 1, ' ');
        }
        at += std::max<std::size_t>(length, 1);
    }
}

}  // namespace modelseal::model
