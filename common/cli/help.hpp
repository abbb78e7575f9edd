// --help and the man page, from the command table.
#pragma once

#include "common/cli/command.hpp"

#include <string>

namespace modelseal::cli {

/// The subcommand list of a program that has subcommands.
[[nodiscard]] std::string help_text(const Program& program);

/// One command: usage, description, options, examples.
[[nodiscard]] std::string help_text(const Program& program, const Command& command);

}  // namespace modelseal::cli
