// `policy init`: a first trust policy, from a signature that is there.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"

#include <vector>

namespace modelseal::commands::cosign {

/// Rows for a command's option table, beside those of store and source.
[[nodiscard]] std::vector<cli::Option> policy_init_options();

/// Verifies the signature of --from, drafts a policy that demands as much, verifies it by that, and
/// writes it. Where nobody is named who must have signed, the identity in the certificate is taken,
/// and a warning says so. Returns the exit code.
[[nodiscard]] int run_policy_init(cli::Environment& environment, const cli::Arguments& arguments);

}  // namespace modelseal::commands::cosign
