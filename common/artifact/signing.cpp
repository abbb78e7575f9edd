#include "common/artifact/signing.hpp"

#include "common/sigstore/sign.hpp"

#include <utility>

namespace modelseal::artifact {

SignedArtifact sign(oci::Store& signatures,
                    const SigningRequest& request,
                    sigstore::BundleMaker& maker) {
    const digest::Digest& artifact = request.subject.digest;
    auto made = sigstore::sign_artifact(artifact, request.annotations, maker);
    SignedArtifact result{.bundle = std::move(made.bundle), .record = std::move(made.record)};
    if (!request.upload) {
        return result;
    }
    sigstore::storing(result.record, [&] {
        result.referrer =
            sigstore::push_bundle(signatures, request.subject, result.bundle, request.created);
        if (request.legacy_key != nullptr) {
            sigstore::push_legacy_signature(
                signatures,
                artifact,
                sigstore::sign_artifact_legacy(
                    artifact, request.docker_reference, request.annotations, *request.legacy_key),
                request.legacy_key->public_key());
        }
    });
    return result;
}

}  // namespace modelseal::artifact
