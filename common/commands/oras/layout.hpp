// oras-modelseal layout.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command layout_command();

}  // namespace modelseal::commands::oras
