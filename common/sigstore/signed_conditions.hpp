// What the signed annotations of a subject must say.
#pragma once

#include "common/oci/descriptor.hpp"
#include "common/sigstore/authentication.hpp"
#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/commit_relation.hpp"
#include "common/sigstore/requirements.hpp"

#include <vector>

namespace modelseal::sigstore {

/// Passes when the signed annotations fulfil what `requirements` demand of them: model, minimum
/// version, check level, annotations.
/// Errors: mismatch (wrong_model, older_version, wrong_annotation); usage for a minimum version
/// that nothing can be compared with.
void require_signed_conditions(const oci::Annotations& annotations,
                               const Requirements& requirements,
                               CheckNotes& notes);

/// The commits that one signed statement states: its signer's certificate, its annotations.
[[nodiscard]] std::vector<StatedCommit> commits_of(const Authentication& authentication,
                                                   const oci::Annotations& annotations);

/// Passes unless `requirements` demand one commit, and the statement's are not those of the
/// artifact or of each other. That enough of them are stated, verify_artifact() sees to. Errors:
/// mismatch (wrong_annotation).
void require_same_commit(const Authentication& authentication,
                         const oci::Annotations& annotations,
                         const Requirements& requirements,
                         CheckNotes& notes);

}  // namespace modelseal::sigstore
