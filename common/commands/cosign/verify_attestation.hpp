// cosign-modelseal verify-attestation
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command verify_attestation_command();

}  // namespace modelseal::commands::cosign
