#include "common/sigstore/attestation.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/legacy_bundle.hpp"
#include "common/sigstore/read_evidence.hpp"
#include "common/sigstore/rejected.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

[[noreturn]] void reject(Reason reason, std::string_view why) {
    throw Error(ErrorKind::mismatch, reason, std::string(why));
}

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

void require_statement(const Envelope& envelope,
                       const digest::Digest& artifact,
                       const std::string& predicate_type) {
    if (envelope.payload_type != in_toto_payload_type) {
        reject(Reason::wrong_statement,
               concat("its payload type is ", in_quotes(envelope.payload_type)));
    }
    const Statement statement = read_evidence(
        [&] { return Statement::parse(envelope.payload, attestation_bundle_size_limit); });
    if (statement.predicate_type != predicate_type) {
        reject(Reason::wrong_statement,
               concat("it is of type ", in_quotes(statement.predicate_type)));
    }
    if (statement.find_subject(artifact) == nullptr) {
        reject(Reason::digest_mismatch, "it is about another artifact");
    }
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
    require_statement(envelope, artifact, requirements.predicate_type);
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
