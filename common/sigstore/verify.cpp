#include "common/sigstore/verify.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/candidate.hpp"
#include "common/sigstore/proof_text.hpp"
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

/// "statement of type "T" by the key …": what is demanded, where it is no signature.
std::string demanded_statement(const Requirements& requirements) {
    std::vector<std::string> signers;
    for (const TrustedSigner& signer : requirements.signers) {
        signers.push_back(describe(signer));
    }
    return concat("statement of type ",
                  core::in_quotes(requirements.predicate_type),
                  " by ",
                  core::join(signers, " or "));
}

/// Of a demand that candidates of other types alone do not fulfil.
Error none_of_type(std::string_view artifact,
                   const Requirements& requirements,
                   const std::vector<RejectedCandidate>& others) {
    if (requirements.predicate_type == predicate_types::cosign_sign) {
        return not_signed(artifact, others);
    }
    return {ErrorKind::no_matching_signature,
            Reason::missing_statement,
            concat("there is no ", demanded_statement(requirements))};
}

Error none_matches(std::string_view artifact,
                   const Requirements& requirements,
                   const Trust& trust,
                   std::vector<RejectedCandidate> rejected) {
    if (requirements.predicate_type != predicate_types::cosign_sign) {
        return no_candidate_matches(
            concat("no ", demanded_statement(requirements), " counts"), std::move(rejected), trust);
    }
    const Reason reason = furthest_reason(rejected);
    const bool by_another = reason == Reason::wrong_signer || reason == Reason::wrong_identity;
    const std::string summary =
        by_another ? concat(artifact, " is signed, but not by ", wanted_signer(requirements))
                   : concat("no signature of ", artifact, " is acceptable");
    return no_candidate_matches(summary, std::move(rejected), trust);
}

Error refusal(const digest::Digest& artifact,
              const Requirements& requirements,
              const Trust& trust,
              std::vector<RejectedCandidate> rejected) {
    core::Explanation explanation = explain_rejected(requirements.predicate_type, rejected);
    const bool only_attestations =
        std::all_of(rejected.begin(), rejected.end(), [](const RejectedCandidate& candidate) {
            return candidate.reason == Reason::wrong_statement;
        });
    Error refused =
        only_attestations
            ? none_of_type(artifact.to_string(), requirements, rejected)
            : none_matches(artifact.to_string(), requirements, trust, std::move(rejected));
    refused.explain(std::move(explanation));
    return refused;
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
    throw refusal(artifact, requirements, trust, std::move(rejected));
}

std::vector<SignatureFacts> signatures_of(const digest::Digest& artifact,
                                          std::span<const Evidence> evidence,
                                          Requirements asked,
                                          const Trust& trust) {
    if (asked.signers.empty()) {
        const auto any_text = TextPattern::regular_expression(".*");
        asked.signers = {TrustedIdentity{.subject = any_text, .issuer = any_text}};
    }
    std::vector<SignatureFacts> all;
    std::vector<RejectedCandidate> rejected;
    for (const Evidence& candidate : evidence) {
        auto facts = try_candidate(rejected, candidate, [&](CheckNotes& notes) {
            return verify_candidate(artifact, candidate, asked, trust, notes);
        });
        if (facts) {
            all.push_back(*std::move(facts));
        }
    }
    if (all.empty()) {
        throw refusal(artifact, asked, trust, std::move(rejected));
    }
    return all;
}

}  // namespace modelseal::sigstore
