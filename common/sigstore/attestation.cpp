#include "common/sigstore/attestation.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/legacy_bundle.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/rejected.hpp"
#include "common/sigstore/signed_conditions.hpp"
#include "common/sigstore/stated_subject.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

Bundle read_bundle(const Evidence& evidence, const Requirements& requirements) {
    const bool is_legacy = evidence.format == SignatureFormat::legacy;
    if (is_legacy) {
        require_legacy_allowed(requirements);
    }
    Bundle bundle = read_evidence([&] {
        return is_legacy ? bundle_of_legacy_attestation(evidence)
                         : Bundle::parse(evidence.content, attestation_bundle_size_limit);
    });
    require_statement(bundle);
    return bundle;
}

AttestationFacts verify_one(const digest::Digest& artifact,
                            const Evidence& evidence,
                            const Requirements& requirements,
                            const Trust& trust,
                            CheckNotes& notes) {
    const Bundle bundle = notes.made("format", [&] {
        return Noted(read_bundle(evidence, requirements), std::string(to_string(evidence.format)));
    });
    const auto& envelope = std::get<Envelope>(bundle.content);
    const Subject subject = notes.made("statement", [&] {
        return Noted(
            require_subject(
                envelope, artifact, requirements.predicate_type, attestation_bundle_size_limit),
            concat(requirements.predicate_type, " about ", artifact.to_string()));
    });
    Authentication authentication = read_evidence(
        [&] { return authenticate(bundle, check_of(envelope), requirements, trust, notes); });
    require_signed_conditions(subject.annotations, requirements, notes);
    return {.artifact = artifact,
            .format = evidence.format,
            .origin = evidence.origin,
            .content = evidence.content,
            .envelope = core::to_go_json(envelope.to_json()),
            .statement = envelope.payload,
            .authentication = std::move(authentication),
            .predicate_type = requirements.predicate_type};
}

Error none(const digest::Digest& artifact,
           const std::string& predicate_type,
           const std::vector<RejectedCandidate>& rejected,
           const Trust& trust) {
    const std::string what =
        concat("attestation of type ", in_quotes(predicate_type), " about ", artifact.to_string());
    const bool is_of_another_type =
        std::all_of(rejected.begin(), rejected.end(), [](const RejectedCandidate& candidate) {
            return candidate.reason == Reason::wrong_statement;
        });
    if (!is_of_another_type) {
        return no_candidate_matches(concat("no ", what, " is acceptable"), rejected, trust);
    }
    return {ErrorKind::no_signature,
            Reason::no_signature,
            concat("there is no ",
                   what,
                   rejected.empty() ? "" : concat("; ", describe_candidates(rejected)))};
}

}  // namespace

core::Explanation VerifiedAttestations::explanation() const {
    core::Explanation explanation = explain_rejected(all_.front().predicate_type, rejected_);
    for (const AttestationFacts& facts : all_) {
        explanation.candidates.push_back({.statement = facts.predicate_type,
                                          .origin = facts.origin,
                                          .accepted = true,
                                          .checks = facts.checks});
    }
    return explanation;
}

VerifiedAttestations verify_attestations(const digest::Digest& artifact,
                                         std::span<const Evidence> evidence,
                                         const Requirements& requirements,
                                         const Trust& trust) {
    require_signers(requirements);
    std::vector<AttestationFacts> verified;
    std::vector<RejectedCandidate> rejected;
    for (const Evidence& candidate : evidence) {
        auto facts = try_candidate(rejected, candidate, [&](CheckNotes& notes) {
            return verify_one(artifact, candidate, requirements, trust, notes);
        });
        if (facts) {
            verified.push_back(*std::move(facts));
        }
    }
    if (verified.empty()) {
        Error refused = none(artifact, requirements.predicate_type, rejected, trust);
        refused.explain(explain_rejected(requirements.predicate_type, rejected));
        throw refused;
    }
    return {std::move(verified), std::move(rejected)};
}

}  // namespace modelseal::sigstore
