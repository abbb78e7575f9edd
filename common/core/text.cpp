#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace modelseal::core {

namespace {

/// Length of the well-formed UTF-8 sequence at the front of `text`, 0 when there is none.
std::size_t utf8_sequence(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) {
        return static_cast<unsigned char>(text[i]);
    };
    const auto continues = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return i < text.size() && at(i) >= low && at(i) <= high;
    };
    if (text.empty()) {
        return 0;
    }
    const unsigned char first = at(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return continues(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = first == 0xED ? 0x9F : 0xBF;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

/// The code point of a well-formed UTF-8 sequence.
std::uint32_t code_point(std::string_view sequence) noexcept {
    constexpr std::array<unsigned char, 5> payload_mask = {0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t value =
        static_cast<unsigned char>(sequence[0]) & std::uint32_t{payload_mask.at(sequence.size())};
    for (const char c : sequence.substr(1)) {
        value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    }
    return value;
}

/// Whether a terminal would do something else than show the character. Besides the ASCII controls
/// there are the C1 ones, the line separators, and the marks that reorder what surrounds them.
bool steers_terminal(std::uint32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_escape(std::string& to, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    to.append("\\x");
    to.push_back(digits[byte >> 4U]);
    to.push_back(digits[byte & 0xFU]);
}

/// Escapes what must not reach a terminal, and puts a backslash before each of `escaped`.
std::string shown(std::string_view text, std::size_t limit, std::string_view escaped) {
    std::string result;
    for (std::string_view rest = text.substr(0, limit); !rest.empty();) {
        const std::size_t length = utf8_sequence(rest);
        if (length == 0 || steers_terminal(code_point(rest.substr(0, length)))) {
            // Byte by byte: what follows of the same sequence is no sequence of its own.
            append_escape(result, static_cast<unsigned char>(rest[0]));
            rest.remove_prefix(1);
            continue;
        }
        if (escaped.find(rest[0]) != std::string_view::npos) {
            result.push_back('\\');
        }
        result.append(rest.substr(0, length));
        rest.remove_prefix(length);
    }
    result.append(text.size() > limit ? "…" : "");
    return result;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    while (true) {
        const std::size_t at = text.find(separator);
        pieces.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(at + 1);
    }
}

std::string join(const std::vector<std::string>& pieces, std::string_view separator) {
    std::string joined;
    for (const std::string& piece : pieces) {
        if (&piece != &pieces.front()) {
            joined.append(separator);
        }
        joined.append(piece);
    }
    return joined;
}

std::optional<std::pair<std::string, std::string>> split_key_value(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return std::nullopt;
    }
    return std::pair(std::string(word.substr(0, equals)), std::string(word.substr(equals + 1)));
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text, std::size_t limit) {
    return shown(text, limit, "");
}

std::string in_quotes(std::string_view text, std::size_t limit) {
    const std::string_view end = text.size() > limit ? "\"…" : "\"";
    return concat('"', shown(text.substr(0, limit), limit, "\"\\"), end);
}

std::string as_utf8(std::string_view text) {
    return is_utf8(text) ? std::string(text) : in_quotes(text, text.size());
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    if (text.empty() || (text.size() > 1 && text[0] == '0')) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::string human_size(std::uint64_t bytes) {
    constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    const int length = std::snprintf(
        text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units.at(unit));
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace modelseal::core
