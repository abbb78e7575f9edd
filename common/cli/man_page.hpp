// The manual page, from the command table.
#pragma once

#include "common/cli/command.hpp"

#include <string>

namespace modelseal::cli {

/// One page for the whole program in man(7) macros, for `man -l`.
[[nodiscard]] std::string man_page(const Program& program);

}  // namespace modelseal::cli
