// cosign-modelseal sign-blob
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

[[nodiscard]] cli::Command sign_blob_command();

}  // namespace modelseal::commands::cosign
