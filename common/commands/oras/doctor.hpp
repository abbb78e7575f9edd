// oras-modelseal doctor.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::oras {

[[nodiscard]] cli::Command doctor_command();

}  // namespace modelseal::commands::oras
