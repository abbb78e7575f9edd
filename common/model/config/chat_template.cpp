#include "common/model/config/chat_template.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

// What a chat template has no use for, and what sandbox escapes begin with.
constexpr std::array suspicious_words = {
    "__"sv, ".mro"sv, "cycler."sv, "joiner."sv, "lipsum"sv, "self._"sv, "|attr("sv};

/// Digits behind \x, \u and \U, of which ASCII letters matter.
std::size_t hexadecimal_digits(char letter) noexcept {
    switch (letter) {
        case 'x':
            return 2;
        case 'u':
            return 4;
        case 'U':
            return 8;
        default:
            return 0;
    }
}

/// Escapes of ASCII characters, as Python's strings have them, replaced by what they stand for.
std::string without_escapes(std::string_view text) {
    constexpr unsigned ascii = 0x80;
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        if (text.size() > 1 && text[0] == '\\') {
            const std::size_t hexadecimal = hexadecimal_digits(text[1]);
            const std::string_view digits =
                hexadecimal > 0 ? text.substr(2, hexadecimal) : text.substr(1, 3);
            unsigned code = 0;
            const auto [end, error] = std::from_chars(
                digits.data(), digits.data() + digits.size(), code, hexadecimal > 0 ? 16 : 8);
            if (error == std::errc() && code < ascii) {
                plain.push_back(static_cast<char>(code));
                text.remove_prefix(static_cast<std::size_t>(end - text.data()));
                continue;
            }
        }
        plain.push_back(text[0]);
        text.remove_prefix(1);
    }
    return plain;
}

/// Without white space, and with strings that are joined by '~', '+' or nothing made one.
std::string joined(std::string_view text) {
    constexpr std::string_view quotes = "'\"";
    std::string packed;
    std::copy_if(text.begin(), text.end(), std::back_inserter(packed), [](char c) {
        return std::string_view(" \t\r\n\f\v").find(c) == std::string_view::npos;
    });
    std::string one;
    for (std::size_t i = 0; i < packed.size(); ++i) {
        const auto is_quote = [&](std::size_t at) {
            return at < packed.size() && quotes.find(packed[at]) != std::string_view::npos;
        };
        const bool operation =
            i + 1 < packed.size() && (packed[i + 1] == '~' || packed[i + 1] == '+');
        const std::size_t next = i + (operation ? 2 : 1);
        if (is_quote(i) && is_quote(next)) {
            i = next;
        } else {
            one.push_back(packed[i]);
        }
    }
    return one;
}

}  // namespace

void check_chat_template(std::string_view text, FindingCollector& findings) {
    const std::string plain = without_escapes(text);
    const std::string joints = joined(plain);
    for (const std::string_view word : suspicious_words) {
        if (text.find(word) != std::string_view::npos || plain.find(word) != std::string::npos ||
            joints.find(word) != std::string::npos) {
            findings.add(RuleId::config_template,
                         core::concat("the chat template contains ",
                                      core::in_quotes(word),
                                      ", which sandbox escapes are made of"));
        }
    }
}

}  // namespace modelseal::model
