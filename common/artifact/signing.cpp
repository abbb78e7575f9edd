#include "common/artifact/signing.hpp"

#include "common/core/files/named_output.hpp"
#include "common/sigstore/sign.hpp"

#include <utility>

namespace modelseal::artifact {

namespace {

constexpr unsigned bundle_mode = 0644;

}  // namespace

SignedArtifact sign(oci::Store& signatures,
                    const SigningRequest& request,
                    sigstore::BundleMaker& maker) {
    const digest::Digest& artifact = request.subject.digest;
    auto made = sigstore::sign_artifact(artifact, request.annotations, maker);
    SignedArtifact result{.bundle = std::move(made.bundle), .record = std::move(made.record)};
    std::optional<sigstore::LegacySignature> legacy;
    if (request.upload && request.legacy_key != nullptr) {
        legacy = sigstore::sign_artifact_legacy(
            artifact, request.docker_reference, request.annotations, *request.legacy_key);
    }
    sigstore::storing(result.record, [&] {
        if (request.bundle_file) {
            core::write_output(*request.bundle_file, result.bundle, bundle_mode);
        }
        if (!request.upload) {
            return;
        }
        result.referrer =
            sigstore::push_bundle(signatures, request.subject, result.bundle, request.created);
        if (legacy) {
            sigstore::push_legacy_signature(
                signatures, artifact, *legacy, request.legacy_key->public_key());
        }
    });
    return result;
}

}  // namespace modelseal::artifact
