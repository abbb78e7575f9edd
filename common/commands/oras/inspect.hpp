// `oras-modelseal inspect`.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command inspect_command();

}  // namespace modelseal::commands::oras
