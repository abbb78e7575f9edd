// Candidates that do not count: how one is tried, and how errors tell them. Included by .cpp files
// of this domain only.
#pragma once

#include "common/core/error.hpp"
#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/evidence.hpp"
#include "common/sigstore/verify.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelseal::sigstore {

/// Errors: mismatch (malformed_evidence) for evidence that could not be read, which `notes` then
/// tell.
void require_read(const Evidence& evidence, CheckNotes& notes);

/// The facts that `body`, given notes of what it checks, finds in `evidence`. When it does not
/// count there are none, and `rejected` says why: it hides no other. Errors: those of `body`,
/// except mismatch.
template <typename Body>
[[nodiscard]] auto try_candidate(std::vector<RejectedCandidate>& rejected,
                                 const Evidence& evidence,
                                 Body body)
    -> std::optional<decltype(body(std::declval<CheckNotes&>()))> {
    CheckNotes notes;
    try {
        require_read(evidence, notes);
        auto facts = body(notes);
        facts.checks = notes.take();
        return facts;
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::mismatch) {
            throw;
        }
        rejected.push_back(
            {evidence.origin, error.reason(), error.message(), notes.take_refused(error)});
        return std::nullopt;
    }
}

/// What is wrong with the first three, and how many more there are. Never empty for any.
[[nodiscard]] std::string describe_candidates(std::span<const RejectedCandidate> rejected);

/// Why the one failed that got furthest: it says best what is wrong. `rejected` is not empty.
[[nodiscard]] core::Reason furthest_reason(std::span<const RejectedCandidate> rejected);

/// The error no_matching_signature: `summary`, how many candidates there were, and what is wrong
/// with them; where that is whom the trusted root lists, which root it is. `rejected` is not empty.
[[nodiscard]] core::Error no_candidate_matches(std::string_view summary,
                                               std::vector<RejectedCandidate> rejected,
                                               const Trust& trust);

/// What was looked at of each, in their order, when a statement of that type was demanded.
[[nodiscard]] core::Explanation explain_rejected(std::string_view predicate_type,
                                                 std::span<const RejectedCandidate> rejected);

}  // namespace modelseal::sigstore
