// The name of a git commit.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace modelseal::git {

/// A full commit name: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
class GitCommit {
  public:
    /// Errors: malformed for anything else, abbreviations and upper case included.
    [[nodiscard]] static GitCommit parse(std::string_view text);

    [[nodiscard]] const std::string& to_string() const noexcept { return text_; }

    auto operator<=>(const GitCommit&) const = default;

  private:
    explicit GitCommit(std::string_view text) : text_(text) {}

    std::string text_;
};

}  // namespace modelseal::git
