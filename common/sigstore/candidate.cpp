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
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

SignatureFacts verify_bundle(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements,
                             const Trust& trust) {
    const std::uint64_t limit = requirements.predicate_type == predicate_types::cosign_sign
                                    ? bundle_size_limit
                                    : attestation_bundle_size_limit;
    const Bundle bundle = read_evidence([&] { return Bundle::parse(evidence.content, limit); });
    const auto* envelope = std::get_if<Envelope>(&bundle.content);
    if (envelope == nullptr) {
        reject(Reason::wrong_statement, "it signs bytes, not a statement about an artifact");
    }
    Subject subject = require_subject(*envelope, artifact, requirements.predicate_type, limit);
    Authentication authentication = read_evidence(
        [&] { return authenticate(bundle, check_of(*envelope), requirements, trust); });
    require_signed_conditions(subject.annotations, requirements);
    require_same_commit(authentication, subject.annotations, requirements);
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

SignatureFacts verify_legacy(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements,
                             const Trust& trust) {
    if (requirements.predicate_type != predicate_types::cosign_sign) {
        reject(Reason::wrong_statement,
               concat("it is a signature, not an attestation of type ",
                      in_quotes(requirements.predicate_type)));
    }
    if (!requirements.allow_legacy) {
        reject(Reason::unsupported,
               "it is in the format of cosign 2, which --allow-legacy accepts");
    }
    SimpleSigning payload = read_evidence([&] { return SimpleSigning::parse(evidence.content); });
    if (payload.manifest_digest != artifact) {
        reject(Reason::digest_mismatch, "it is a signature of another artifact");
    }
    const Bundle bundle = read_evidence([&] { return bundle_of_legacy_signature(evidence); });
    const auto& signature = std::get<MessageSignature>(bundle.content).signature;
    Authentication authentication = read_evidence([&] {
        return authenticate(bundle, check_of(evidence.content, signature), requirements, trust);
    });
    require_signed_conditions(payload.annotations, requirements);
    require_same_commit(authentication, payload.annotations, requirements);
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
                                const Trust& trust) {
    if (!evidence.problem.empty()) {
        reject(Reason::malformed_evidence, evidence.problem);
    }
    return evidence.format == SignatureFormat::bundle
               ? verify_bundle(artifact, evidence, requirements, trust)
               : verify_legacy(artifact, evidence, requirements, trust);
}

}  // namespace modelseal::sigstore
