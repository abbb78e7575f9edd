// One candidate against the requirements. Included by .cpp files of this domain only.
#pragma once

#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/verify.hpp"

namespace modelseal::sigstore {

/// The facts of `evidence`, which could be read, if it is a signature of `artifact` that fulfils
/// `requirements`. Errors: mismatch with a reason, for everything that keeps it from being one;
/// wrong_statement means "signed perhaps, but not a signature of this artifact". What was checked
/// is in `notes`.
[[nodiscard]] SignatureFacts verify_candidate(const digest::Digest& artifact,
                                              const Evidence& evidence,
                                              const Requirements& requirements,
                                              const Trust& trust,
                                              CheckNotes& notes);

}  // namespace modelseal::sigstore
