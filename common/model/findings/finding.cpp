#include "common/model/findings/finding.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <utility>

namespace modelseal::model {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

Allowances Allowances::parse(const std::vector<std::string>& texts) {
    Allowances allowances;
    for (const std::string& text : texts) {
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos || colon + 1 == text.size()) {
            throw Error(ErrorKind::usage,
                        concat("--allow takes RULE:PATH, for example content/python:modeling.py, "
                               "not ",
                               in_quotes(text)));
        }
        const std::string_view name = std::string_view(text).substr(0, colon);
        const Rule* rule = find_rule(name);
        if (rule == nullptr) {
            throw Error(ErrorKind::usage,
                        concat("--allow names a rule that does not exist: ", in_quotes(name)));
        }
        if (!rule->allowable) {
            throw Error(ErrorKind::usage,
                        concat("the rule ", name, " cannot be allowed; the file must be mended"));
        }
        allowances.texts_.insert(text);
    }
    return allowances;
}

bool Allowances::accepts(std::string_view rule, std::string_view path) const {
    return texts_.contains(concat(rule, ':', path));
}

void FindingCollector::add(RuleId id, std::string message, Place place) {
    const Rule& rule = rule_of(id);
    Severity severity = severity_under(rule, policy_);
    if (severity == Severity::ignored) {
        return;
    }
    if (severity == Severity::error) {
        refused_ = true;
        if (rule.allowable && allowances_.accepts(rule.name, file_)) {
            severity = Severity::allowed;
        }
    }
    if (findings_.size() >= most) {
        ++left_out_;
        left_out_error_ = left_out_error_ || severity == Severity::error;
        return;
    }
    Finding finding{severity,
                    file_,
                    std::string(rule.name),
                    place.offset,
                    std::move(place.tensor),
                    std::move(message),
                    std::nullopt};
    if (severity == Severity::error && rule.allowable) {
        finding.allow = concat(rule.name, ':', file_);
    }
    findings_.push_back(std::move(finding));
}

bool FindingCollector::enforces(RuleId id) const {
    const Rule& rule = rule_of(id);
    return severity_under(rule, policy_) == Severity::error &&
           !(rule.allowable && allowances_.accepts(rule.name, file_));
}

std::vector<Finding> FindingCollector::take() {
    if (left_out_ > 0) {
        const Rule& rule = rule_of(RuleId::findings_left_out);
        findings_.push_back({left_out_error_ ? Severity::error : rule.recommended,
                             file_,
                             std::string(rule.name),
                             std::nullopt,
                             std::nullopt,
                             concat(left_out_, " more findings in this file are not shown"),
                             std::nullopt});
        left_out_ = 0;
    }
    return std::exchange(findings_, {});
}

}  // namespace modelseal::model
