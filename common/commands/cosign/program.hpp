// cosign-modelseal: keys, and signatures of models in registries and image layouts.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Program program();

}  // namespace modelseal::commands::cosign
