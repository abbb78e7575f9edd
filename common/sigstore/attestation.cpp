#include "common/sigstore/attestation.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/legacy_bundle.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/rejected.hpp"
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

Bundle read_bundle(const Evidence& evidence) {
    if (evidence.format == SignatureFormat::legacy) {
        return bundle_of_legacy_attestation(evidence);
    }
    Bundle bundle = Bundle::parse(evidence.content, attestation_bundle_size_limit);
    if (!std::holds_alternative<Envelope>(bundle.content)) {
        reject(Reason::wrong_statement, "it signs bytes, not a statement about an artifact");
    }
    return bundle;
}

AttestationFacts verify_one(const digest::Digest& artifact,
                            const Evidence& evidence,
                            const Requirements& requirements,
                            const Trust& trust) {
    if (!evidence.problem.empty()) {
        reject(Reason::malformed_evidence, evidence.problem);
    }
    const Bundle bundle = read_evidence([&] { return read_bundle(evidence); });
    const auto& envelope = std::get<Envelope>(bundle.content);
    static_cast<void>(require_subject(
        envelope, artifact, requirements.predicate_type, attestation_bundle_size_limit));
    Authentication authentication = read_evidence(
        [&] { return authenticate(bundle, check_of(envelope), requirements, trust); });
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
           const std::vector<RejectedCandidate>& rejected) {
    const std::string what =
        concat("attestation of type ", in_quotes(predicate_type), " about ", artifact.to_string());
    const bool is_of_another_type =
        std::all_of(rejected.begin(), rejected.end(), [](const RejectedCandidate& candidate) {
            return candidate.reason == Reason::wrong_statement;
        });
    if (!is_of_another_type) {
        return no_candidate_matches(concat("no ", what, " is acceptable"), rejected);
    }
    return {ErrorKind::no_signature,
            Reason::no_signature,
            concat("there is no ",
                   what,
                   rejected.empty() ? "" : concat("; ", describe_candidates(rejected)))};
}

}  // namespace

VerifiedAttestations verify_attestations(const digest::Digest& artifact,
                                         std::span<const Evidence> evidence,
                                         const Requirements& requirements,
                                         const Trust& trust) {
    require_signers(requirements);
    std::vector<AttestationFacts> verified;
    std::vector<RejectedCandidate> rejected;
    for (const Evidence& candidate : evidence) {
        try {
            verified.push_back(verify_one(artifact, candidate, requirements, trust));
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch) {
                throw;
            }
            rejected.push_back({candidate.origin, error.reason(), error.message()});
        }
    }
    if (verified.empty()) {
        throw none(artifact, requirements.predicate_type, rejected);
    }
    return {std::move(verified), std::move(rejected)};
}

}  // namespace modelseal::sigstore
