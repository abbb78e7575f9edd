// Commands of stock cosign that are not here: each is known, and refused with what to do instead.
#pragma once

#include "common/cli/command.hpp"

#include <vector>

namespace modelseal::commands::cosign {

/// Help does not show them.
[[nodiscard]] std::vector<cli::Command> stock_commands();

}  // namespace modelseal::commands::cosign
