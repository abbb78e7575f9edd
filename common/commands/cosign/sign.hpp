// cosign-modelseal sign
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command sign_command();

}  // namespace modelseal::commands::cosign
