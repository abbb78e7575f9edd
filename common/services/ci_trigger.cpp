#include "common/services/ci_trigger.hpp"

namespace modelseal::services {

namespace {

/// GitHub: pull_request, pull_request_target, pull_request_review … GitLab: merge_request_event,
/// external_pull_request_event.
bool is_pull_request(std::string_view trigger) {
    return trigger.starts_with("pull_request") || trigger.starts_with("merge_request") ||
           trigger.starts_with("external_pull_request");
}

}  // namespace

std::optional<std::string> pull_request_trigger(const core::Variables& variables,
                                                const TokenClaims& claims) {
    for (const std::string& trigger : {claims.trigger,
                                       variables.get("GITHUB_EVENT_NAME").value_or(""),
                                       variables.get("CI_PIPELINE_SOURCE").value_or("")}) {
        if (is_pull_request(trigger)) {
            return trigger;
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::services
