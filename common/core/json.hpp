// Strict JSON in, Go-compatible JSON out.
//
// Everything that is parsed here comes from outside: size and depth are limited before anything is
// allocated, duplicate keys and trailing bytes are errors (RFC 8259 leaves them open; signers must
// not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace modelseal::core {

/// Keeps the order of keys as they were read or inserted.
using Json = nlohmann::ordered_json;

struct JsonLimits {
    std::size_t size = std::size_t{4} << 20U;  // bytes
    std::size_t depth = 64;                    // nested objects and arrays
};

/// Parses exactly one JSON document. Refused: a byte order mark, NUL, duplicate keys (after
/// unescaping), invalid UTF-8, lone surrogates, NaN, trailing bytes, more than `limits`, or than a
/// value for each 16 bytes of limits.size (and 1024). Errors: malformed, with the byte offset.
[[nodiscard]] Json parse_json(std::string_view text, const JsonLimits& limits = {});

/// As Go's json.Marshal writes it: compact, and '<', '>', '&', U+2028, U+2029 escaped as \u003c …
/// Errors: malformed when a key or a string is not UTF-8 (RFC 8259 section 8.1).
[[nodiscard]] std::string to_go_json(const Json& value);

/// The same escaping with an indent of two spaces, as oras's --format json; no newline at the end.
/// Errors: as to_go_json().
[[nodiscard]] std::string to_pretty_json(const Json& value);

/// Typed access with errors that name the field: `require_string(object, "digest")`.
/// Errors: malformed when missing or of another type.
[[nodiscard]] const Json& require(const Json& object, std::string_view key);
[[nodiscard]] std::string require_string(const Json& object, std::string_view key);
[[nodiscard]] std::uint64_t require_unsigned(const Json& object, std::string_view key);
[[nodiscard]] const Json& require_object(const Json& object, std::string_view key);
[[nodiscard]] const Json& require_array(const Json& object, std::string_view key);

/// The member as a string; nothing when absent. Errors: malformed when of another type.
[[nodiscard]] std::optional<std::string> optional_string(const Json& object, std::string_view key);

/// nullptr when absent.
[[nodiscard]] const Json* find(const Json& object, std::string_view key);

}  // namespace modelseal::core
