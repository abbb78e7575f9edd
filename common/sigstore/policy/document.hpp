// A YAML or JSON document as a tree of texts with positions, and nothing that YAML could hide in
// it. Spec: YAML 1.2, without anchors, aliases, tags, directives and merge keys; RFC 8259.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// Where something stands in a document; both count from 1, columns in bytes.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

/// How a scalar was written. What it is (text, number, time) is never guessed from its spelling:
/// whoever reads it says what it must be.
enum class ScalarStyle {
    plain,    // YAML without quotes: whatever the reader wants it to be
    quoted,   // in quotes or as a block: text
    literal,  // a number, true or false of JSON: never text
};

struct Member;

/// One value of a document.
struct Node {
    enum class Kind { scalar, list, mapping };

    Kind kind = Kind::scalar;
    Position position{};
    std::string text{};  // scalar only
    ScalarStyle style = ScalarStyle::plain;
    std::vector<Node> items{};      // list only
    std::vector<Member> members{};  // mapping only, as they stand there; no key occurs twice
};

struct Member {
    std::string key;
    Position position;
    Node value;
};

inline constexpr std::size_t document_size_limit = std::size_t{1} << 20U;  // bytes
inline constexpr std::size_t document_depth_limit = 16;     // nested lists and mappings
inline constexpr std::size_t document_value_limit = 50000;  // scalars, lists and mappings

/// Reads exactly one document. One that begins with '{' is JSON and must be valid as such.
/// Refused, with line and column: anchors, aliases, tags, directives, a second document, duplicate
/// keys, keys that are no text, values that are missing or null, invalid UTF-8, control characters
/// and those that reorder text (also in comments: a reviewer would read another policy than we do),
/// a YAML text whose last line has no end (it may be cut off), and more than the limits above.
/// Errors: malformed (limit_exceeded among them).
[[nodiscard]] Node parse_document(std::string_view text);

/// Throws malformed with "line 3, column 5: " in front of `why`.
[[noreturn]] void refuse_at(Position position, std::string_view why);

/// The same as usage: the text can be read, but asks for what cannot be.
[[noreturn]] void contradiction_at(Position position, std::string_view why);

}  // namespace modelseal::sigstore
