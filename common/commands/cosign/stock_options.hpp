// Options of stock cosign that are not here: each is known, and refused with what to do instead.
#pragma once

#include "common/cli/command.hpp"

#include <vector>

namespace modelseal::commands::cosign {

[[nodiscard]] std::vector<cli::Option> stock_options_of_generate();

[[nodiscard]] std::vector<cli::Option> stock_options_of_import();

[[nodiscard]] std::vector<cli::Option> stock_options_of_public_key();

[[nodiscard]] std::vector<cli::Option> stock_options_of_sign();

[[nodiscard]] std::vector<cli::Option> stock_options_of_verify();

[[nodiscard]] std::vector<cli::Option> stock_options_of_attest();

[[nodiscard]] std::vector<cli::Option> stock_options_of_verify_attestation();

[[nodiscard]] std::vector<cli::Option> stock_options_of_sign_blob();

[[nodiscard]] std::vector<cli::Option> stock_options_of_verify_blob();

}  // namespace modelseal::commands::cosign
