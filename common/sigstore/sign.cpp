#include "common/sigstore/sign.hpp"

#include "common/core/encoding.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/small_blob.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

/// In cosign's order of fields, which is not oras's.
core::Json to_cosign_json(const oci::Descriptor& descriptor) {
    return {{"mediaType", descriptor.media_type.to_string()},
            {"size", descriptor.size},
            {"digest", descriptor.digest.to_string()}};
}

std::string bundle_manifest(const oci::Descriptor& config,
                            const oci::Descriptor& layer,
                            const oci::Descriptor& subject,
                            const core::Timestamp& created,
                            std::string_view predicate_type) {
    core::Json config_json = to_cosign_json(config);
    config_json["artifactType"] = oci::media_types::sigstore_bundle;
    const core::Json manifest = {{"schemaVersion", 2},
                                 {"mediaType", oci::media_types::image_manifest},
                                 {"config", std::move(config_json)},
                                 {"layers", core::Json::array({to_cosign_json(layer)})},
                                 {"annotations",
                                  {{oci::annotation_keys::bundle_content, "dsse-envelope"},
                                   {oci::annotation_keys::bundle_predicate_type, predicate_type},
                                   {oci::annotation_keys::created, created.to_string()}}},
                                 {"subject", to_cosign_json(subject)},
                                 {"artifactType", oci::media_types::sigstore_bundle}};
    return core::to_go_json(manifest);
}

SignedStatement sign_text(std::string statement, BundleMaker& maker) {
    const Bundle bundle = maker.make(EnvelopePayload{.type = std::string(in_toto_payload_type),
                                                     .content = std::move(statement)});
    return {.bundle = write_bundle(bundle),
            .envelope = core::to_go_json(std::get<Envelope>(bundle.content).to_json()),
            .record = SigningRecord::of(bundle)};
}

}  // namespace

SignedStatement sign_artifact(const digest::Digest& artifact,
                              const oci::Annotations& annotations,
                              BundleMaker& maker) {
    return sign_text(cosign_sign_statement(artifact, annotations), maker);
}

SignedStatement attest_artifact(const digest::Digest& artifact,
                                std::string_view name,
                                const AttestedPredicate& predicate,
                                BundleMaker& maker) {
    return sign_text(attestation_statement(artifact, name, predicate.type, predicate.json), maker);
}

SignedStatement sign_statement(std::string statement, BundleMaker& maker) {
    static_cast<void>(Statement::parse(statement));
    return sign_text(std::move(statement), maker);
}

oci::Descriptor push_bundle(oci::Store& store,
                            const oci::Descriptor& subject,
                            std::string_view bundle,
                            const core::Timestamp& created,
                            std::string_view predicate_type) {
    const auto config = push_small_blob(store, oci::media_types::empty, oci::empty_content);
    const auto layer = push_small_blob(store, oci::media_types::sigstore_bundle, bundle);
    return store.push_manifest(oci::MediaType::parse(oci::media_types::image_manifest),
                               bundle_manifest(config, layer, subject, created, predicate_type),
                               {});
}

LegacySignature sign_artifact_legacy(const digest::Digest& artifact,
                                     std::string_view docker_reference,
                                     const oci::Annotations& annotations,
                                     crypto::Signer& signer) {
    const SimpleSigning signing{.docker_reference = std::string(docker_reference),
                                .manifest_digest = artifact,
                                .annotations = annotations};
    std::string payload = signing.to_bytes();
    const core::Bytes signature = signer.sign(core::as_bytes(payload));
    return {std::move(payload), core::to_base64(signature)};
}

}  // namespace modelseal::sigstore
