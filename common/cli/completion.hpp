// Shell completion, from the command table.
#pragma once

#include "common/cli/command.hpp"

#include <string>
#include <string_view>

namespace modelseal::cli {

/// What a user types to get the script: "completion" as a subcommand, else "--completion".
[[nodiscard]] std::string_view completion_word(const Program& program) noexcept;

/// A script for "bash", "zsh" or "fish" that completes commands and options, and file names where
/// neither fits. Errors: usage for another shell.
[[nodiscard]] std::string completion_script(const Program& program, std::string_view shell);

}  // namespace modelseal::cli
