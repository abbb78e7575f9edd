// oras-modelseal copy.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command copy_command();

}  // namespace modelseal::commands::oras
