// Options of stock cosign that are not here: each is known, and refused with what to do instead.
#pragma once

#include "common/cli/command.hpp"

#include <vector>

namespace modelseal::commands::cosign {

[[nodiscard]] std::vector<cli::Option> stock_options_of_generate();

[[nodiscard]] std::vector<cli::Option> stock_options_of_sign();

[[nodiscard]] std::vector<cli::Option> stock_options_of_verify();

}  // namespace modelseal::commands::cosign
