// What suites that test Sigstore clients drive a client with.
// Spec: sigstore-conformance, docs/cli_protocol.md.
#pragma once

#include "common/cli/command.hpp"

namespace modelseal::commands::cosign {

/// conformance sign-bundle, conformance verify-bundle. Help does not show it.
[[nodiscard]] cli::Command conformance_command();

}  // namespace modelseal::commands::cosign
