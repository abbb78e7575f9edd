// What was signed, as `sign` and `push --sign` tell it.
#pragma once

#include "common/artifact/signing.hpp"
#include "common/artifact/signing_annotations.hpp"
#include "common/cli/environment.hpp"
#include "common/core/json.hpp"

#include <iosfwd>
#include <string>

namespace modelseal::commands {

/// A signature and what it states.
struct SignedModel {
    oci::Annotations annotations;
    artifact::SignedArtifact made;
};

/// `pinned` is the reference with the digest that was signed.
void print_signed(std::ostream& out, const std::string& pinned, const SignedModel& model);

/// Who signed, as add_record() has it, `annotations` and, when it was stored, `signature`: the
/// manifest that holds it.
[[nodiscard]] core::Json signed_json(const SignedModel& model);

/// Says on standard error what a signer may not expect of `annotations`, which are to be signed:
/// that the commit is not among them because its tree had changes and, unless `quiet`, under which
/// name the model is signed when nobody chose it.
void tell_claims(cli::Environment& environment,
                 const artifact::SigningSources& sources,
                 const oci::Annotations& annotations,
                 bool quiet);

}  // namespace modelseal::commands
