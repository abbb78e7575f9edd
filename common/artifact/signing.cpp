#include "common/artifact/signing.hpp"

#include "common/sigstore/sign.hpp"

namespace modelseal::artifact {

SignedArtifact sign(oci::Store& signatures, const SigningRequest& request, crypto::Signer& signer) {
    const digest::Digest& artifact = request.subject.digest;
    SignedArtifact result{.bundle = sigstore::sign_artifact(artifact, request.annotations, signer),
                          .key = signer.public_key()};
    if (!request.upload) {
        return result;
    }
    result.referrer =
        sigstore::push_bundle(signatures, request.subject, result.bundle, request.created);
    if (request.legacy) {
        sigstore::push_legacy_signature(
            signatures,
            artifact,
            sigstore::sign_artifact_legacy(
                artifact, request.docker_reference, request.annotations, signer),
            result.key);
    }
    return result;
}

}  // namespace modelseal::artifact
