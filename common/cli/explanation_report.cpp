#include "common/cli/explanation_report.hpp"

#include "common/core/text.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::cli {

namespace {

using core::CheckNote;

std::string_view padded(CheckNote::Outcome outcome) noexcept {
    switch (outcome) {
        case CheckNote::Outcome::held:
            return "held       ";
        case CheckNote::Outcome::failed:
            return "FAILED     ";
        case CheckNote::Outcome::not_asked:
            return "not asked  ";
    }
    return "";
}

std::string in_one_line(const std::string& text) {
    return core::printable(text, text.size());
}

}  // namespace

const Option& explain_option() {
    static const Option option = {
        .long_name = "explain",
        .help =
            "tell each check that was made, its evidence, and what was not asked, on standard "
            "error, or as explain in JSON"};
    return option;
}

core::Json to_json(const core::Explanation& explanation) {
    core::Json list = core::Json::array();
    for (const core::ExplainedCandidate& candidate : explanation.candidates) {
        core::Json checks = core::Json::array();
        for (const CheckNote& note : candidate.checks) {
            core::Json one = {{"check", core::as_utf8(note.check)},
                              {"outcome", core::to_string(note.outcome)}};
            if (!note.evidence.empty()) {
                one["evidence"] = core::as_utf8(note.evidence);
            }
            checks.push_back(std::move(one));
        }
        list.push_back({{"statement", core::as_utf8(candidate.statement)},
                        {"origin", core::as_utf8(candidate.origin)},
                        {"accepted", candidate.accepted},
                        {"checks", std::move(checks)}});
    }
    return list;
}

void print_explanation(std::ostream& out, const core::Explanation& explanation) {
    for (const core::ExplainedCandidate& candidate : explanation.candidates) {
        out << (candidate.accepted ? "Accepted: " : "Refused: ") << in_one_line(candidate.origin)
            << " as " << in_one_line(candidate.statement) << '\n';
        for (const CheckNote& note : candidate.checks) {
            out << "  " << padded(note.outcome) << in_one_line(note.check)
                << (note.evidence.empty() ? "" : ": ") << in_one_line(note.evidence) << '\n';
        }
    }
}

}  // namespace modelseal::cli
