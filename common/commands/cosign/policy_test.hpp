// `policy test`: what a trust policy says of artifacts, against what is expected of it.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"

#include <vector>

namespace modelseal::commands::cosign {

/// Rows for a command's option table, beside those of store and source.
[[nodiscard]] std::vector<cli::Option> policy_test_options();

/// Judges every artifact of the table by the policy. Serials are neither asked nor remembered: a
/// policy that is tested is not one that is in use. A case that something keeps from being judged
/// is neither accepted nor rejected, and is reported as not judged. Returns the exit code: that of
/// the first such error, else that of a mismatch when a case turned out otherwise. Errors: those of
/// the table and of the policy.
[[nodiscard]] int run_policy_test(cli::Environment& environment, const cli::Arguments& arguments);

}  // namespace modelseal::commands::cosign
