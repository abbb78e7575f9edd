// modelseal-verify: the last check before a model is loaded.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands {

[[nodiscard]] const cli::Program& verify_program();

/// The whole of the executable: OpenSSL is started without its configuration file before anything
/// else. Returns the exit code; never throws.
int run_verifier(int argc, char** argv) noexcept;

}  // namespace modelseal::commands
