#include "common/cli/error_report.hpp"

#include "common/cli/explanation_report.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::cli {

namespace {

std::string_view kind_text(core::ErrorKind kind) noexcept {
    switch (kind) {
        case core::ErrorKind::mismatch:
            return "MISMATCH";
        case core::ErrorKind::usage:
            return "USAGE";
        case core::ErrorKind::malformed:
            return "MALFORMED";
        case core::ErrorKind::not_found:
            return "NOT_FOUND";
        case core::ErrorKind::denied:
            return "DENIED";
        case core::ErrorKind::io:
            return "IO";
        case core::ErrorKind::no_signature:
            return "NO_SIGNATURE";
        case core::ErrorKind::no_such_tag:
            return "NO_SUCH_TAG";
        case core::ErrorKind::no_matching_signature:
            return "NO_MATCHING_SIGNATURE";
        case core::ErrorKind::no_certificate:
            return "NO_CERTIFICATE";
        case core::ErrorKind::internal:
            return "INTERNAL";
        case core::ErrorKind::unavailable:
            return "UNAVAILABLE";
        case core::ErrorKind::interrupted:
            return "INTERRUPTED";
        case core::ErrorKind::terminated:
            return "TERMINATED";
    }
    return "INTERNAL";
}

std::vector<std::string> spellings(const Option& option) {
    std::vector<std::string> words = {core::concat("--", option.long_name)};
    for (const std::string& alias : option.aliases) {
        words.push_back(core::concat("--", alias));
    }
    if (option.short_name != '\0') {
        words.push_back(core::concat('-', option.short_name));
    }
    return words;
}

}  // namespace

bool wants_json(const Command& command, const std::vector<std::string>& words) {
    const auto format =
        std::find_if(command.options.begin(), command.options.end(), [](const Option& option) {
            return option.long_name == "format";
        });
    if (format == command.options.end()) {
        return false;
    }
    const auto end = std::find(words.begin(), words.end(), "--");
    for (const std::string& spelling : spellings(*format)) {
        const std::vector<std::string> apart = {spelling, "json"};
        const std::string joined = core::concat(spelling, "=json");
        if (std::search(words.begin(), end, apart.begin(), apart.end()) != end ||
            std::find(words.begin(), end, joined) != end) {
            return true;
        }
    }
    return false;
}

std::string_view reason_text(const core::Error& error) noexcept {
    return error.reason() == core::Reason::unspecified ? kind_text(error.kind())
                                                       : core::to_string(error.reason());
}

std::string error_report(const core::Error& error, bool explained) {
    const std::string& message = error.message();
    core::Json json = {
        {"reason", reason_text(error)},
        {"message", core::is_utf8(message) ? message : core::printable(message, message.size())}};
    if (explained) {
        json["explain"] = to_json(error.explanation());
    }
    return core::concat(core::to_pretty_json(json), '\n');
}

}  // namespace modelseal::cli
