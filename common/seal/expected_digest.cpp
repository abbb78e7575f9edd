#include "common/seal/expected_digest.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::seal {

namespace {

std::optional<digest::Digest> parse(std::string_view text) {
    try {
        return digest::Digest::parse_lenient(text);
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

}  // namespace

ExpectedDigest::ExpectedDigest(std::string_view text)
    : text_(text), bare_(text.find(':') == std::string_view::npos), digest_(parse(text)) {}

std::string ExpectedDigest::to_string() const {
    const bool plain = text_.size() <= 200 && std::all_of(text_.begin(), text_.end(), [](char c) {
                           return c > ' ' && c < '\x7F';
                       });
    return plain ? text_ : core::in_quotes(text_);
}

std::string ExpectedDigest::in_same_form(const digest::Digest& digest) const {
    return bare_ ? digest.hex() : digest.to_string();
}

void ExpectedDigest::require(const digest::Digest& actual) const {
    if (!matches(actual)) {
        throw core::Error(core::ErrorKind::mismatch,
                          core::Reason::digest_mismatch,
                          core::concat("expected ", to_string(), ", got ", in_same_form(actual)));
    }
}

}  // namespace modelseal::seal
