// modelseal-check: is this a model that may be signed?
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands {

[[nodiscard]] const cli::Program& check_program();

}  // namespace modelseal::commands
