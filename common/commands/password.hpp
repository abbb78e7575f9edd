// Passwords of key files, from where cosign takes them.
#pragma once

#include "common/cli/environment.hpp"
#include "common/core/secret.hpp"

namespace modelseal::commands {

/// Of an existing key file: COSIGN_PASSWORD if it is set (empty is a password), else asked for on a
/// terminal without echo, else all of standard input, unchanged. Errors: usage (not_configured)
/// when there is none, malformed for more than 64 KiB, io.
[[nodiscard]] core::Secret read_password(cli::Environment& environment);

/// Of a new key file: the same, but asked for twice, and empty when there is none. Errors:
/// malformed for more than 64 KiB and when the two differ, io.
[[nodiscard]] core::Secret read_new_password(cli::Environment& environment);

}  // namespace modelseal::commands
