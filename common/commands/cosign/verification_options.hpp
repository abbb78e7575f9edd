// What the commands that verify take to know who must have signed, and whom to believe.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/sigstore/authentication.hpp"
#include "common/sigstore/requirements.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelseal::commands::cosign {

/// Rows for a command's option table: those of a signer, --trusted-root and --at.
[[nodiscard]] std::vector<cli::Option> verification_options();

/// What --at says. Errors: usage.
[[nodiscard]] std::optional<core::Timestamp> asked_time(const cli::Arguments& arguments);

/// Throws: `options` are those of which one is missing. Errors: usage (not_configured).
[[noreturn]] void refuse_unnamed(std::string_view options);

/// What is demanded of an artifact, when anything is. Errors: usage (not_configured) when nobody is
/// named who must have signed.
template <typename Demanded>
[[nodiscard]] Demanded require_named(std::optional<Demanded> demanded) {
    if (!demanded) {
        refuse_unnamed("--key, --certificate-identity or --trust-policy");
    }
    return *std::move(demanded);
}

/// The references of a command that verifies. Errors: usage for none, and for several when --bundle
/// is about one.
[[nodiscard]] const std::vector<std::string>& require_references(const cli::Arguments& arguments,
                                                                 std::string_view command);

/// Who must have signed, for what is no artifact and so has no policy, and whom to believe.
struct SignerDemand {
    sigstore::Requirements requirements;
    sigstore::Trust trust;
};

/// Errors: usage (not_configured) when nobody is named; those of signer_of() and trust_of().
[[nodiscard]] SignerDemand signer_demand(cli::Environment& environment,
                                         const cli::Arguments& arguments);

}  // namespace modelseal::commands::cosign
