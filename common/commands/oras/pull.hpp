// `oras-modelseal pull`.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command pull_command();

}  // namespace modelseal::commands::oras
