// The digest that somebody expects, in the form in which they wrote it.
#pragma once

#include "common/digest/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::seal {

/// "sha256:<hex>" or bare hexadecimal as sha256sum prints it, case ignored. Text that is neither
/// is kept as well: it equals no digest, and the mismatch shows it.
class ExpectedDigest {
  public:
    explicit ExpectedDigest(std::string_view text);

    [[nodiscard]] bool matches(const digest::Digest& actual) const noexcept {
        return digest_ == actual;
    }

    /// Nothing when the text is no SHA-256 digest.
    [[nodiscard]] const std::optional<digest::Digest>& digest() const noexcept { return digest_; }

    /// As it was written; escaped when it is not plain printable ASCII.
    [[nodiscard]] std::string to_string() const;

    /// Another digest in the same form, bare or with "sha256:", so that the two can be compared by
    /// eye.
    [[nodiscard]] std::string in_same_form(const digest::Digest& digest) const;

    /// Errors: mismatch (digest_mismatch) "expected X, got Y".
    void require(const digest::Digest& actual) const;

  private:
    std::string text_;
    bool bare_;
    std::optional<digest::Digest> digest_;
};

}  // namespace modelseal::seal
