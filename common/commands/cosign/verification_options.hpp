// What the commands that verify take to know who must have signed, and whom to believe.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/sigstore/authentication.hpp"
#include "common/sigstore/requirements.hpp"

#include <optional>
#include <vector>

namespace modelseal::commands::cosign {

/// Rows for a command's option table: those of a signer, --trusted-root and --at.
[[nodiscard]] std::vector<cli::Option> verification_options();

/// What --at says. Errors: usage.
[[nodiscard]] std::optional<core::Timestamp> asked_time(const cli::Arguments& arguments);

/// Who must have signed, for what is no artifact and so has no policy, and whom to believe.
struct SignerDemand {
    sigstore::Requirements requirements;
    sigstore::Trust trust;
};

/// Errors: usage (not_configured) when nobody is named; those of signer_of() and trust_of().
[[nodiscard]] SignerDemand signer_demand(cli::Environment& environment,
                                         const cli::Arguments& arguments);

}  // namespace modelseal::commands::cosign
