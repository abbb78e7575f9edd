// What started the CI job that signs.
#pragma once

#include "common/core/variables.hpp"
#include "common/services/identity_token.hpp"

#include <optional>
#include <string>

namespace modelseal::services {

/// The trigger when it is a pull or merge request ("pull_request_target"), whose author need not be
/// anyone who may sign; nothing otherwise. The token's claims count, and the variables
/// GITHUB_EVENT_NAME and CI_PIPELINE_SOURCE: one of them is enough.
[[nodiscard]] std::optional<std::string> pull_request_trigger(const core::Variables& variables,
                                                              const TokenClaims& claims);

}  // namespace modelseal::services
