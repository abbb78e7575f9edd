// cosign-modelseal attest
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command attest_command();

}  // namespace modelseal::commands::cosign
