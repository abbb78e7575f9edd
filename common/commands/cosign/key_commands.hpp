// Commands that make key files and show public keys.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command generate_key_pair_command();
[[nodiscard]] cli::Command import_key_pair_command();
[[nodiscard]] cli::Command public_key_command();

}  // namespace modelseal::commands::cosign
