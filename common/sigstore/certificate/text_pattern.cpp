#include "common/sigstore/certificate/text_pattern.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <re2/re2.h>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t size_limit = 4096;
constexpr std::int64_t memory_limit = std::int64_t{1} << 20U;

re2::StringPiece piece_of(std::string_view text) {
    return {text.data(), text.size()};
}

RE2::Options strict_options() {
    RE2::Options options;
    options.set_log_errors(false);  // what is wrong goes into the Error
    options.set_max_mem(memory_limit);
    return options;
}

/// Every `*` takes as little as it can; when the rest then does not fit, the last one takes a
/// character more. Going back to an earlier one could not help.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t at = 0;
    std::size_t in_text = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (in_text < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            star_text = in_text;
        } else if (at < pattern.size() && pattern[at] == text[in_text]) {
            ++at;
            ++in_text;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in_text = ++star_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

struct TextPattern::Expression {
    RE2 compiled;

    explicit Expression(std::string_view text) : compiled(piece_of(text), strict_options()) {}
};

TextPattern::TextPattern(Kind kind, std::string_view text) : kind_(kind), text_(text) {
    if (text.empty()) {
        throw Error(ErrorKind::malformed, "an empty pattern for an identity matches nothing");
    }
    if (text.size() > size_limit) {
        throw Error(ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    concat("a pattern for an identity of ",
                           text.size(),
                           " bytes is longer than ",
                           size_limit));
    }
}

TextPattern TextPattern::exact(std::string_view text) {
    return {Kind::exact, text};
}

TextPattern TextPattern::glob(std::string_view pattern) {
    return {Kind::glob, pattern};
}

TextPattern TextPattern::regular_expression(std::string_view expression) {
    TextPattern pattern(Kind::regular_expression, expression);
    const auto compiled = std::make_shared<const Expression>(expression);
    if (!compiled->compiled.ok()) {
        throw Error(ErrorKind::malformed,
                    concat(core::in_quotes(expression),
                           " is not a regular expression of RE2: ",
                           core::printable(compiled->compiled.error())));
    }
    pattern.expression_ = compiled;
    return pattern;
}

bool TextPattern::matches(std::string_view text) const {
    switch (kind_) {
        case Kind::exact:
            return text == text_;
        case Kind::glob:
            return glob_matches(text_, text);
        case Kind::regular_expression:
            return RE2::FullMatch(piece_of(text), expression_->compiled);
    }
    return false;
}

std::string TextPattern::to_string() const {
    const std::string quoted = core::in_quotes(text_, size_limit);
    switch (kind_) {
        case Kind::exact:
            return quoted;
        case Kind::glob:
            return concat("pattern ", quoted);
        case Kind::regular_expression:
            return concat("expression ", quoted);
    }
    return quoted;
}

}  // namespace modelseal::sigstore
