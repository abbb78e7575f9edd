// An artifact going from one store to another, with what was said about it.
#pragma once

#include "common/core/progress.hpp"
#include "common/oci/store.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace modelseal::artifact {

struct CopyRequest {
    oci::Reference reference;      // in the source: a tag or a digest
    std::vector<oci::Tag> tags{};  // in the destination
    /// Signatures, attestations and whatever else has the artifact as its subject, and what it has
    /// as its subject in turn; also the tags "ALGORITHM-HEX.sig", ".att" and ".sbom" of cosign 2.
    bool with_referrers = true;
    std::size_t concurrency = 3;
};

struct CopiedArtifact {
    oci::Descriptor descriptor;
    std::vector<oci::Descriptor>
        referrers{};         // of any depth, in the order in which they were stored
    std::size_t blobs = 0;   // of all of these, each counted once
    std::uint64_t sent = 0;  // bytes of blobs that the destination did not have
};

/// Stores blobs first, then manifests, and the artifact with its tags last: whoever reads a tag
/// finds everything, the signatures included. Nothing is kept on disk on the way. An error leaves
/// content behind that no tag names, and a second run goes on from there.
/// Errors: those of both stores; unavailable (limit_exceeded) when manifests refer to each other
/// more than 16 deep, or 100,000 manifests and blobs belong to the artifact.
CopiedArtifact copy(oci::Store& from,
                    oci::Store& to,
                    const CopyRequest& request,
                    core::Progress& progress);

}  // namespace modelseal::artifact
