// Small text functions that g++ 12's library does not have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace modelseal::core {

namespace detail {
inline void append(std::string& to, std::string_view text) {
    to.append(text);
}

inline void append(std::string& to, char c) {
    to.push_back(c);
}

template <typename Number>

requires(std::is_integral_v<Number> && !std::is_same_v<Number, char>) void append(std::string& to,
                                                                                  Number number) {
    to.append(std::to_string(number));
}
}  // namespace detail

/// Joins strings, characters and integers into one string.
template <typename... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
    std::string joined;
    (detail::append(joined, parts), ...);
    return joined;
}

/// The pieces between separators; "a,,b" gives three, "" gives one empty piece.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

[[nodiscard]] std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// What stands before and behind the first '=' of KEY=VALUE; nothing without one or without a key.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> split_key_value(
    std::string_view word);

/// ASCII lower case; bytes beyond ASCII stay as they are (locale never matters).
[[nodiscard]] std::string ascii_lower(std::string_view text);

/// Without leading and trailing space, tab, CR and LF.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Well-formed UTF-8 by Unicode table 3-7: no overlong form, surrogate or value past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// For reports in UTF-8: the text as it is when it is UTF-8, else as in_quotes() shows all of it.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// Text from outside made fit for a terminal and a log: control characters, invalid UTF-8 and the
/// characters that reorder or break lines (Unicode bidirectional controls, U+2028, U+2029) are
/// escaped, at most `limit` bytes are shown.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

/// As printable(), in double quotes; quotes and backslashes inside are escaped.
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t limit = 200);

/// A plain decimal number without sign, space or leading zero that fits; nothing otherwise.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

/// A size as people read it, in binary units: "86.7 MiB".
[[nodiscard]] std::string human_size(std::uint64_t bytes);

}  // namespace modelseal::core
