// `cosign-modelseal policy init` and `policy test`.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command policy_command();

}  // namespace modelseal::commands::cosign
