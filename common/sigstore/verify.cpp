#include "common/sigstore/verify.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/candidate.hpp"
#include "common/sigstore/rejected.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

Error not_signed(std::string_view artifact, const std::vector<RejectedCandidate>& attestations) {
    return {ErrorKind::no_signature,
            Reason::no_signature,
            concat(artifact,
                   " is not signed",
                   attestations.empty() ? "" : concat(": ", attestations.front().why))};
}

Error none_matches(std::string_view artifact,
                   const Requirements& requirements,
                   std::vector<RejectedCandidate> rejected) {
    const Reason reason = furthest_reason(rejected);
    const bool by_another = reason == Reason::wrong_signer || reason == Reason::wrong_identity;
    const std::string summary =
        by_another ? concat(artifact, " is signed, but not by ", wanted_signer(requirements))
                   : concat("no signature of ", artifact, " is acceptable");
    return no_candidate_matches(summary, std::move(rejected));
}

}  // namespace

VerifiedSignature verify_signature_of(const digest::Digest& artifact,
                                      std::span<const Evidence> evidence,
                                      const Requirements& requirements,
                                      const Trust& trust) {
    require_signers(requirements);
    std::vector<RejectedCandidate> rejected;
    for (const Evidence& candidate : evidence) {
        auto facts = try_candidate(rejected, candidate, [&](CheckNotes& notes) {
            return verify_candidate(artifact, candidate, requirements, trust, notes);
        });
        if (facts) {
            return {*std::move(facts), std::move(rejected)};
        }
    }
    core::Explanation explanation = explain_rejected(requirements.predicate_type, rejected);
    const bool only_attestations =
        std::all_of(rejected.begin(), rejected.end(), [](const RejectedCandidate& candidate) {
            return candidate.reason == Reason::wrong_statement;
        });
    Error refused = only_attestations
                        ? not_signed(artifact.to_string(), rejected)
                        : none_matches(artifact.to_string(), requirements, std::move(rejected));
    refused.explain(std::move(explanation));
    throw refused;
}

}  // namespace modelseal::sigstore
