// `oras-modelseal push`.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command push_command();

}  // namespace modelseal::commands::oras
