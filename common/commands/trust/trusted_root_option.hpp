// --trusted-root: which authorities and logs verification believes, and how old the ones are that
// are compiled in.
#pragma once

#include "common/cli/environment.hpp"
#include "common/commands/trust/signer_options.hpp"
#include "common/sigstore/demands.hpp"

#include <memory>
#include <optional>
#include <string>

namespace modelseal::commands {

/// Rows for a command's option table: --trusted-root.
[[nodiscard]] const cli::Option& trusted_root_option();

/// Errors: not_found, malformed.
[[nodiscard]] std::shared_ptr<const sigstore::TrustedRoot> read_trusted_root(
    const std::string& path);

/// The trusted root that --trusted-root names, else the compiled-in one of the public instance; and
/// the time `at`, else now. Errors: not_found, malformed.
[[nodiscard]] sigstore::Trust trust_of(cli::Environment& environment,
                                       const Settings& settings,
                                       const std::optional<core::Timestamp>& at = {});

/// Warns, unless it is to be quiet, when the compiled-in root is older than 180 days at the time
/// that `demands` are about and one of them needs it. For every command that verifies by
/// trust_of(). Returns whether it warned.
bool warn_if_old_root(cli::Environment& environment,
                      const Settings& settings,
                      const sigstore::Demands& demands,
                      bool quiet);

}  // namespace modelseal::commands
