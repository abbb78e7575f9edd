// oras-modelseal: push, pull and inspect models in registries and image layouts.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands {

[[nodiscard]] cli::Program oras_program();

}  // namespace modelseal::commands
