#include "common/http/challenge.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::http {

namespace {

constexpr std::size_t field_limit = 16384;

bool is_token_character(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
}

bool is_token68_character(char c) {
    constexpr std::string_view marks = "-._~+/";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
}

/// challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::vector<Challenge> parse() {
        std::vector<Challenge> challenges;
        skip_commas();
        while (!at_end()) {
            challenges.push_back(challenge());
            skip_commas();
        }
        return challenges;
    }

  private:
    Challenge challenge() {
        Challenge result;
        result.scheme = core::ascii_lower(token());
        if (at_end() || peek() == ',') {
            return result;
        }
        if (peek() != ' ' && peek() != '\t') {
            fail("an authentication scheme");
        }
        skip_spaces();
        result.token68 = token68();
        while (result.token68.empty() && parameter_follows()) {
            parameter(result);
            skip_spaces();
            if (!at_end() && peek() != ',') {
                fail("a comma");
            }
            skip_commas();
        }
        return result;
    }

    /// A token68 stands alone up to the next comma; "name=value" is no token68, "name==" is.
    std::string token68() {
        std::size_t end = offset_;
        while (end < text_.size() && is_token68_character(text_[end])) {
            ++end;
        }
        const std::size_t word_end = end;
        while (end < text_.size() && text_[end] == '=') {
            ++end;
        }
        const std::size_t next = text_.find_first_not_of(" \t", end);
        const bool alone = next == std::string_view::npos || text_[next] == ',';
        if (word_end == offset_ || !alone) {
            return {};
        }
        std::string result(text_.substr(offset_, end - offset_));
        offset_ = end;
        return result;
    }

    /// After a comma comes either a parameter, "name =", or the next challenge, "scheme …".
    [[nodiscard]] bool parameter_follows() const {
        std::size_t end = offset_;
        while (end < text_.size() && is_token_character(text_[end])) {
            ++end;
        }
        end = text_.find_first_not_of(" \t", end);
        return end != std::string_view::npos && end > offset_ && text_[end] == '=';
    }

    void parameter(Challenge& to) {
        const std::string name = core::ascii_lower(token());
        skip_spaces();
        ++offset_;  // '=', seen by parameter_follows()
        skip_spaces();
        const std::string value = !at_end() && peek() == '"' ? quoted_string() : token();
        if (!to.parameters.emplace(name, value).second) {
            fail("each parameter once");
        }
    }

    std::string token() {
        const std::size_t begin = offset_;
        while (!at_end() && is_token_character(peek())) {
            ++offset_;
        }
        if (offset_ == begin) {
            fail("a token");
        }
        return std::string(text_.substr(begin, offset_ - begin));
    }

    std::string quoted_string() {
        std::string value;
        for (++offset_; !at_end() && peek() != '"'; ++offset_) {
            if (peek() == '\\' && ++offset_ == text_.size()) {
                break;
            }
            value.push_back(peek());
        }
        if (at_end()) {
            fail("a closing quote");
        }
        ++offset_;
        return value;
    }

    void skip_spaces() {
        while (!at_end() && (peek() == ' ' || peek() == '\t')) {
            ++offset_;
        }
    }

    void skip_commas() {
        while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == ',')) {
            ++offset_;
        }
    }

    [[nodiscard]] bool at_end() const noexcept { return offset_ >= text_.size(); }

    [[nodiscard]] char peek() const noexcept { return text_[offset_]; }

    [[noreturn]] void fail(std::string_view expected) const {
        throw core::Error(core::ErrorKind::malformed,
                          core::concat("the server's WWW-Authenticate header lacks ",
                                       expected,
                                       " at byte ",
                                       offset_,
                                       ": ",
                                       core::in_quotes(text_)));
    }

    std::string_view text_;
    std::size_t offset_ = 0;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view field) {
    if (field.size() > field_limit) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::limit_exceeded,
                          "the server's WWW-Authenticate header is too long");
    }
    return Parser(field).parse();
}

}  // namespace modelseal::http
