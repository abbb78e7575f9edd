// `push --sign`: the signature is made in the process that checked and hashed the files, so that
// the digest never travels through a tag.
#pragma once

#include "common/artifact/push.hpp"
#include "common/cli/command.hpp"
#include "common/commands/opened_signer.hpp"
#include "common/commands/signed_report.hpp"
#include "common/commands/store_options.hpp"
#include "common/model/check.hpp"

#include <optional>
#include <vector>

namespace modelseal::commands::oras {

/// Rows for push's option table: --sign, --legacy, --check, signer_options().
[[nodiscard]] const std::vector<cli::Option>& push_signature_options();

/// Errors: usage when options say how to sign and --sign is missing.
void check_signature_options(const cli::Arguments& arguments);

/// The signer that --sign asks for, nothing without it; check_signature_options() accepted the
/// options. Call it before the transfer: a key that does not open should not cost one.
/// Errors: usage; those of open_signer().
[[nodiscard]] std::optional<OpenedSigner> signer_of_push(cli::Environment& environment,
                                                         const cli::Arguments& arguments);

/// Signs what was just pushed to `opened`. Errors: as artifact::annotations_to_sign() and
/// artifact::sign().
SignedModel sign_pushed(cli::Environment& environment,
                        const cli::Arguments& arguments,
                        OpenedStore& opened,
                        const model::CheckedModel& model,
                        const artifact::PushedArtifact& pushed,
                        OpenedSigner& signer,
                        core::Progress& progress);

}  // namespace modelseal::commands::oras
