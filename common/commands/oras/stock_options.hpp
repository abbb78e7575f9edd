// Options of stock oras that are not here: each is known, and refused with what to do instead.
#pragma once

#include "common/cli/command.hpp"

#include <vector>

namespace modelseal::commands::oras {

/// Those that every command of oras has.
[[nodiscard]] const std::vector<cli::Option>& stock_options();

}  // namespace modelseal::commands::oras
