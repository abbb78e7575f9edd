#include "common/sigstore/candidate.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/signed_annotations.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/legacy_bundle.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/signed_conditions.hpp"
#include "common/sigstore/stated_subject.hpp"

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;
using core::Reason;

std::uint64_t limit_of(const Requirements& requirements) noexcept {
    return requirements.predicate_type == predicate_types::cosign_sign
               ? bundle_size_limit
               : attestation_bundle_size_limit;
}

Bundle read_bundle(const Evidence& evidence, const Requirements& requirements) {
    Bundle bundle =
        read_evidence([&] { return Bundle::parse(evidence.content, limit_of(requirements)); });
    require_statement(bundle);
    return bundle;
}

SignatureFacts verify_bundle(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements,
                             const Trust& trust,
                             CheckNotes& notes) {
    const Bundle bundle = notes.made(
        "format", [&] { return Noted(read_bundle(evidence, requirements), "a Sigstore bundle"); });
    const auto& envelope = std::get<Envelope>(bundle.content);
    Subject subject = notes.made("statement", [&] {
        return Noted(require_subject(
                         envelope, artifact, requirements.predicate_type, limit_of(requirements)),
                     concat(requirements.predicate_type, " about ", artifact.to_string()));
    });
    Authentication authentication = read_evidence(
        [&] { return authenticate(bundle, check_of(envelope), requirements, trust, notes); });
    require_signed_conditions(subject.annotations, requirements, notes);
    require_same_commit(authentication, subject.annotations, requirements, notes);
    const bool states_model = subject.annotations.contains(signed_annotations::model);
    return {.artifact = artifact,
            .format = SignatureFormat::bundle,
            .origin = evidence.origin,
            .content = evidence.content,
            .authentication = std::move(authentication),
            .predicate_type = requirements.predicate_type,
            .annotations = std::move(subject.annotations),
            .states_model = states_model};
}

void require_signature_demanded(const Requirements& requirements) {
    if (requirements.predicate_type != predicate_types::cosign_sign) {
        reject(Reason::wrong_statement,
               concat("it is a signature, not an attestation of type ",
                      in_quotes(requirements.predicate_type)));
    }
}

SimpleSigning read_payload(const Evidence& evidence, const digest::Digest& artifact) {
    SimpleSigning payload = read_evidence([&] { return SimpleSigning::parse(evidence.content); });
    if (payload.manifest_digest != artifact) {
        reject(Reason::digest_mismatch, "it is a signature of another artifact");
    }
    return payload;
}

SignatureFacts verify_legacy(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements,
                             const Trust& trust,
                             CheckNotes& notes) {
    notes.check("format", [&] {
        require_signature_demanded(requirements);
        require_legacy_allowed(requirements);
        return std::string("simple signing, as cosign 2 writes, which is allowed");
    });
    SimpleSigning payload = notes.made("statement", [&] {
        return Noted(read_payload(evidence, artifact),
                     concat("a signature of ", artifact.to_string()));
    });
    const Bundle bundle = notes.made("material", [&] {
        return Noted(read_evidence([&] { return bundle_of_legacy_signature(evidence); }),
                     "in the annotations of the layer");
    });
    const auto& signature = std::get<MessageSignature>(bundle.content).signature;
    Authentication authentication = read_evidence([&] {
        return authenticate(
            bundle, check_of(evidence.content, signature), requirements, trust, notes);
    });
    require_signed_conditions(payload.annotations, requirements, notes);
    require_same_commit(authentication, payload.annotations, requirements, notes);
    const bool states_model = payload.annotations.contains(signed_annotations::model);
    return {.artifact = artifact,
            .format = SignatureFormat::legacy,
            .origin = evidence.origin,
            .content = evidence.content,
            .authentication = std::move(authentication),
            .predicate_type = {},
            .annotations = std::move(payload.annotations),
            .states_model = states_model};
}

}  // namespace

SignatureFacts verify_candidate(const digest::Digest& artifact,
                                const Evidence& evidence,
                                const Requirements& requirements,
                                const Trust& trust,
                                CheckNotes& notes) {
    return evidence.format == SignatureFormat::bundle
               ? verify_bundle(artifact, evidence, requirements, trust, notes)
               : verify_legacy(artifact, evidence, requirements, trust, notes);
}

}  // namespace modelseal::sigstore
