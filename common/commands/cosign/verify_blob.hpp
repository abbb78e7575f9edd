// cosign-modelseal verify-blob
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command verify_blob_command();

}  // namespace modelseal::commands::cosign
