#include "common/model/findings/finding_text.hpp"

#include "common/core/text.hpp"

namespace modelseal::model {

namespace {

std::string shell_word(std::string_view text) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@+,=%";
    if (text.find_first_not_of(plain) == std::string_view::npos) {
        return std::string(text);
    }
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + '\'';
}

}  // namespace

std::string to_text(const Finding& finding) {
    return core::concat(to_string(finding.severity),
                        ' ',
                        finding.rule,
                        finding.offset ? core::concat(" at byte ", *finding.offset) : "",
                        ": ",
                        finding.message);
}

std::optional<std::string> accepting_option(const Finding& finding) {
    if (!finding.allow) {
        return std::nullopt;
    }
    return core::concat("--allow ", shell_word(*finding.allow));
}

}  // namespace modelseal::model
