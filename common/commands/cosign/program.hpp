// cosign-modelseal: keys, signatures and attestations of models in registries and image layouts,
// and signatures of files.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Program program();

}  // namespace modelseal::commands::cosign
