#include "common/artifact/pull.hpp"

#include "common/artifact/download.hpp"
#include "common/artifact/inspect.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/seal/seal.hpp"
#include "common/sigstore/evidence.hpp"

namespace modelseal::artifact {

namespace {

/// A signature over an artifact without files is true and proves no model.
void require_files(const InspectedArtifact& artifact) {
    if (artifact.files.empty()) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::malformed_model,
                          core::concat("the artifact ",
                                       artifact.descriptor.digest.to_string(),
                                       " of type ",
                                       artifact.manifest.effective_artifact_type().to_string(),
                                       " has no files: there is no model to pull"));
    }
}

/// Throws unless somebody whom the caller trusts signed exactly this manifest.
std::optional<sigstore::VerifiedSignature> verify(oci::Store& store,
                                                  const PullRequest& request,
                                                  const digest::Digest& manifest) {
    if (!request.requirements) {
        return std::nullopt;
    }
    const auto evidence = sigstore::collect_evidence(store,
                                                     manifest,
                                                     request.requirements->allow_legacy
                                                         ? sigstore::LegacySignatures::allowed
                                                         : sigstore::LegacySignatures::ignored);
    return sigstore::verify_signature_of(manifest, evidence, *request.requirements);
}

/// The seal of what was pulled; nothing when the manifest does not list every file by its digest.
std::optional<seal::Seal> seal_of(const oci::ManifestContent& content,
                                  const InspectedArtifact& artifact,
                                  const std::optional<sigstore::VerifiedSignature>& signature) {
    if (!artifact.root) {
        return std::nullopt;
    }
    seal::Seal seal{.manifest = content.bytes};
    if (signature && signature->facts().format == sigstore::SignatureFormat::bundle) {
        seal.evidence.push_back(signature->facts().content);
    }
    return seal;
}

}  // namespace

PulledArtifact pull(oci::Store& store, const PullRequest& request, core::Progress& progress) {
    const oci::ManifestContent content = oci::fetch(store, request.reference);
    InspectedArtifact artifact = inspect(content);
    require_files(artifact);
    std::optional<sigstore::VerifiedSignature> signature =
        verify(store, request, content.descriptor.digest);
    const std::optional<seal::Seal> seal = seal_of(content, artifact, signature);

    Download download(store, request, progress);
    std::vector<PulledFile> files = download.fetch_all(artifact.files);
    download.commit(seal);
    return {.descriptor = content.descriptor,
            .manifest = std::move(artifact.manifest),
            .files = std::move(files),
            .signature = std::move(signature),
            .sealed = seal.has_value()};
}

}  // namespace modelseal::artifact
