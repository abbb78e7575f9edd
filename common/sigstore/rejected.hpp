// Candidates that do not count, as errors tell them. Included by .cpp files of this domain only.
#pragma once

#include "common/core/error.hpp"
#include "common/sigstore/verify.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// What is wrong with the first three, and how many more there are. Never empty for any.
[[nodiscard]] std::string describe_candidates(std::span<const RejectedCandidate> rejected);

/// Why the one failed that got furthest: it says best what is wrong. `rejected` is not empty.
[[nodiscard]] core::Reason furthest_reason(std::span<const RejectedCandidate> rejected);

/// The error no_matching_signature: `summary`, how many candidates there were, and what is wrong
/// with them. `rejected` is not empty.
[[nodiscard]] core::Error no_candidate_matches(std::string_view summary,
                                               std::vector<RejectedCandidate> rejected);

/// What was looked at of each, in their order, when a statement of that type was demanded.
[[nodiscard]] core::Explanation explain_rejected(std::string_view predicate_type,
                                                 std::span<const RejectedCandidate> rejected);

}  // namespace modelseal::sigstore
