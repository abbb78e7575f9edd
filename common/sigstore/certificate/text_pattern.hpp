// What the text of an identity must be.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// A pattern that is held against whole texts, never against a part of one.
class TextPattern {
  public:
    enum class Kind { exact, glob, regular_expression };

    /// This text, byte for byte. Errors: malformed (empty).
    [[nodiscard]] static TextPattern exact(std::string_view text);

    /// A `*` stands for any characters, also for none and for `/`; every other character stands
    /// for itself, and nothing takes the special meaning of `*` away. Case counts.
    ///
    /// What stands before the first `*` is what protects: "https://github.com/org/repo/*" matches
    /// nothing of "https://github.com/org/repo-evil/", "https://github.com/org/repo*" does.
    /// Errors: malformed (empty, longer than 4096 bytes).
    [[nodiscard]] static TextPattern glob(std::string_view pattern);

    /// An RE2 expression that must match the whole text, as if between ^( and )$; `.` does not
    /// match a line's end. Matching takes time linear in the text.
    /// Errors: malformed (empty, longer than 4096 bytes, no expression, one that needs too much
    /// memory). Spec: https://github.com/google/re2/wiki/Syntax
    [[nodiscard]] static TextPattern regular_expression(std::string_view expression);

    [[nodiscard]] bool matches(std::string_view text) const;

    [[nodiscard]] Kind kind() const noexcept { return kind_; }

    /// As it was given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// For messages and reports: the text in quotes, behind what it is unless it is exact:
    /// `pattern "https://github.com/org/*"`, `expression "…"`.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const TextPattern& left, const TextPattern& right) noexcept {
        return left.kind_ == right.kind_ && left.text_ == right.text_;
    }

  private:
    struct Expression;
    TextPattern(Kind kind, std::string_view text);

    Kind kind_;
    std::string text_;
    std::shared_ptr<const Expression> expression_{};  // compiled once, shared by copies
};

}  // namespace modelseal::sigstore
