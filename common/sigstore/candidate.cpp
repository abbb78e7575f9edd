#include "common/sigstore/candidate.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/model_version.hpp"
#include "common/sigstore/signed_annotations.hpp"

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

[[noreturn]] void reject_certificate() {
    reject(Reason::unsupported,
           "it is signed with a certificate; only signatures by a key can be verified");
}

/// Runs a parser; what it refuses is evidence that cannot be read.
template <typename Parse>
auto read(Parse parse) {
    try {
        return parse();
    } catch (const Error& error) {
        reject(Reason::malformed_evidence, error.message());
    }
}

struct Signer {
    crypto::PublicKey key;
    crypto::HashAlgorithm hash;
};

/// The key of `keys` that made `signature`. A hint chooses nothing: whoever wrote it may lie.
Signer find_signer(const std::vector<crypto::PublicKey>& keys,
                   std::string_view message,
                   std::span<const std::byte> signature) {
    std::string why;
    for (const crypto::PublicKey& key : keys) {
        try {
            const auto verified = crypto::verify_signature(
                key, crypto::HashChoice::native_or_sha256, core::as_bytes(message), signature);
            return {key, verified.hash};
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch) {
                throw;
            }
            why = error.message();
        }
    }
    reject(Reason::wrong_signer,
           keys.size() == 1 ? why : "the signature verifies with none of the given keys");
}

const std::string* find_annotation(const oci::Annotations& annotations, std::string_view key) {
    const auto found = annotations.find(key);
    return found == annotations.end() ? nullptr : &found->second;
}

void require_annotation(const oci::Annotations& annotations,
                        Reason reason,
                        std::string_view key,
                        std::string_view expected) {
    const std::string* value = find_annotation(annotations, key);
    if (value == nullptr) {
        reject(reason,
               concat("no annotation ",
                      in_quotes(key),
                      " is signed; ",
                      in_quotes(expected),
                      " is required"));
    }
    if (*value != expected) {
        reject(reason,
               concat("the signed annotation ",
                      in_quotes(key),
                      " is ",
                      in_quotes(*value),
                      ", not ",
                      in_quotes(expected)));
    }
}

void require_version(const oci::Annotations& annotations, const std::string& minimum) {
    const auto lowest = ModelVersion::parse(minimum);
    if (!lowest) {
        throw Error(ErrorKind::usage,
                    concat(in_quotes(minimum),
                           " is not a version that others can be compared with, such as 2.1.0"));
    }
    const std::string* stated = find_annotation(annotations, signed_annotations::version);
    if (stated == nullptr) {
        reject(Reason::older_version, "no version is signed, but a minimum is required");
    }
    const auto version = ModelVersion::parse(*stated);
    if (!version || *version < *lowest) {
        reject(Reason::older_version,
               concat("the signed version ",
                      in_quotes(*stated),
                      version ? " is older than " : " cannot be compared with ",
                      in_quotes(minimum)));
    }
}

void require_all(const oci::Annotations& annotations, const Requirements& requirements) {
    const auto& model = requirements.model;
    const bool states_model = annotations.contains(signed_annotations::model);
    if (model && (states_model || !model->may_be_unstated)) {
        require_annotation(
            annotations, Reason::wrong_model, signed_annotations::model, model->name);
    }
    if (requirements.min_version) {
        require_version(annotations, *requirements.min_version);
    }
    for (const auto& [key, value] : requirements.annotations) {
        require_annotation(annotations, Reason::wrong_annotation, key, value);
    }
}

/// The subject of a statement that says "signed" about `artifact`.
Subject require_signed_subject(const Envelope& envelope, const digest::Digest& artifact) {
    if (envelope.payload_type != in_toto_payload_type) {
        reject(Reason::wrong_statement,
               concat("its payload type is ", in_quotes(envelope.payload_type)));
    }
    const Statement statement = read([&] { return Statement::parse(envelope.payload); });
    if (statement.predicate_type != predicate_types::cosign_sign) {
        reject(Reason::wrong_statement,
               concat("it is an attestation of type ",
                      in_quotes(statement.predicate_type),
                      ", not a signature"));
    }
    const Subject* subject = statement.find_subject(artifact);
    if (subject == nullptr) {
        reject(Reason::digest_mismatch, "it is a signature of another artifact");
    }
    return *subject;
}

SignatureFacts verify_bundle(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements) {
    const Bundle bundle = read([&] { return Bundle::parse(evidence.content); });
    const auto* envelope = std::get_if<Envelope>(&bundle.content);
    if (envelope == nullptr) {
        reject(Reason::wrong_statement, "it signs bytes, not a statement about an artifact");
    }
    Subject subject = require_signed_subject(*envelope, artifact);
    if (std::holds_alternative<CertificateMaterial>(bundle.material)) {
        reject_certificate();
    }
    Signer signer =
        find_signer(requirements.keys,
                    pre_authentication_encoding(envelope->payload_type, envelope->payload),
                    envelope->signature);
    require_all(subject.annotations, requirements);
    const bool states_model = subject.annotations.contains(signed_annotations::model);
    return {.artifact = artifact,
            .format = SignatureFormat::bundle,
            .origin = evidence.origin,
            .content = evidence.content,
            .key = std::move(signer.key),
            .hash = signer.hash,
            .predicate_type = std::string(predicate_types::cosign_sign),
            .annotations = std::move(subject.annotations),
            .states_model = states_model,
            .has_log_entry = !bundle.log_entries.empty()};
}

SignatureFacts verify_legacy(const digest::Digest& artifact,
                             const Evidence& evidence,
                             const Requirements& requirements) {
    if (!requirements.allow_legacy) {
        reject(Reason::unsupported, "it is in the legacy format, which is not allowed here");
    }
    SimpleSigning payload = read([&] { return SimpleSigning::parse(evidence.content); });
    if (payload.manifest_digest != artifact) {
        reject(Reason::digest_mismatch, "it is a signature of another artifact");
    }
    if (evidence.has_certificate) {
        reject_certificate();
    }
    const auto signature = core::from_base64(evidence.signature);
    if (!signature) {
        reject(Reason::malformed_evidence, "its signature is not base64");
    }
    Signer signer = find_signer(requirements.keys, evidence.content, *signature);
    require_all(payload.annotations, requirements);
    const bool states_model = payload.annotations.contains(signed_annotations::model);
    return {.artifact = artifact,
            .format = SignatureFormat::legacy,
            .origin = evidence.origin,
            .content = evidence.content,
            .key = std::move(signer.key),
            .hash = signer.hash,
            .predicate_type = {},
            .annotations = std::move(payload.annotations),
            .states_model = states_model,
            .has_log_entry = false};
}

}  // namespace

SignatureFacts verify_candidate(const digest::Digest& artifact,
                                const Evidence& evidence,
                                const Requirements& requirements) {
    if (!evidence.problem.empty()) {
        reject(Reason::malformed_evidence, evidence.problem);
    }
    return evidence.format == SignatureFormat::bundle
               ? verify_bundle(artifact, evidence, requirements)
               : verify_legacy(artifact, evidence, requirements);
}

}  // namespace modelseal::sigstore
