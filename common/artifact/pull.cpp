#include "common/artifact/pull.hpp"

#include "common/artifact/download.hpp"
#include "common/artifact/inspect.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/stated_annotation.hpp"
#include "common/seal/seal.hpp"

#include <algorithm>

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

/// Throws unless those whom the caller trusts stated what is demanded of exactly this manifest.
std::optional<sigstore::VerifiedArtifact> verify(oci::Store& store,
                                                 const PullRequest& request,
                                                 const InspectedArtifact& artifact) {
    if (!request.demands) {
        return std::nullopt;
    }
    const digest::Digest& manifest = artifact.descriptor.digest;
    const auto evidence = sigstore::collect_for(store, manifest, *request.demands);
    return sigstore::verify_artifact(
        manifest,
        evidence,
        *request.demands,
        oci::stated_annotation(artifact.manifest.annotations, oci::annotation_keys::revision));
}

/// The seal of what was pulled; nothing when the manifest does not list every file by its digest.
/// Only evidence that was verified goes into it.
std::optional<seal::Seal> seal_of(const oci::ManifestContent& content,
                                  const InspectedArtifact& artifact,
                                  const std::optional<sigstore::VerifiedArtifact>& verified) {
    if (!artifact.root) {
        return std::nullopt;
    }
    seal::Seal seal{.manifest = content.bytes};
    if (!verified) {
        return seal;
    }
    for (const sigstore::VerifiedSignature& statement : verified->statements()) {
        const sigstore::SignatureFacts& facts = statement.facts();
        const bool is_new = std::find(seal.evidence.begin(), seal.evidence.end(), facts.content) ==
                            seal.evidence.end();
        if (facts.format == sigstore::SignatureFormat::bundle && is_new) {
            seal.evidence.push_back(facts.content);
        }
    }
    return seal;
}

}  // namespace

PulledArtifact pull(oci::Store& store, const PullRequest& request, core::Progress& progress) {
    const oci::ManifestContent content = oci::fetch(store, request.reference);
    InspectedArtifact artifact = inspect(content);
    require_files(artifact);
    std::optional<sigstore::VerifiedArtifact> verified = verify(store, request, artifact);
    const std::optional<seal::Seal> seal = seal_of(content, artifact, verified);

    Download download(store, request, progress);
    std::vector<PulledFile> files = download.fetch_all(artifact.files);
    download.commit(seal);
    return {.descriptor = content.descriptor,
            .manifest = std::move(artifact.manifest),
            .files = std::move(files),
            .verified = std::move(verified),
            .sealed = seal.has_value()};
}

}  // namespace modelseal::artifact
