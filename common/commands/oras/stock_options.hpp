// What of stock oras is not here: each option and command is known, and refused with what to do
// instead.
#pragma once

#include "common/cli/command.hpp"

#include <string_view>
#include <vector>

namespace modelseal::commands::oras {

/// The options of the command of oras that does what `command` does here. Help does not show them.
[[nodiscard]] std::vector<cli::Option> stock_options(std::string_view command);

/// The commands. Help does not show them.
[[nodiscard]] std::vector<cli::Command> stock_commands();

}  // namespace modelseal::commands::oras
