// Shell completion, from the command table.
#pragma once

#include "common/cli/command.hpp"

#include <string>
#include <string_view>

namespace modelseal::cli {

/// --completion SHELL, as help shows it.
[[nodiscard]] const Option& completion_option();

/// A script for "bash", "zsh" or "fish" that completes commands, options and the values of closed
/// choices, and file names where none of them fits. Errors: usage for another shell.
[[nodiscard]] std::string completion_script(const Program& program, std::string_view shell);

}  // namespace modelseal::cli
