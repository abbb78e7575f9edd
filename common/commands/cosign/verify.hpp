// cosign-modelseal verify
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command verify_command();

}  // namespace modelseal::commands::cosign
