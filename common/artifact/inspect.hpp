// What an artifact holds, read from its manifest alone.
#pragma once

#include "common/digest/digest.hpp"
#include "common/oci/artifact_files.hpp"
#include "common/oci/store.hpp"

#include <optional>
#include <vector>

namespace modelseal::artifact {

struct InspectedArtifact {
    oci::Descriptor descriptor;
    oci::Manifest manifest;
    std::vector<oci::ArtifactFile> files;
    /// The record root over the files; nothing when a layer is an archive, whose files are not
    /// listed.
    std::optional<digest::Digest> root;
};

/// Errors: those of the store; malformed for a manifest whose layers have no usable names; usage
/// for an index, naming the manifests in it.
[[nodiscard]] InspectedArtifact inspect(oci::Store& store, const oci::Reference& reference);

/// The same for a manifest that is at hand.
[[nodiscard]] InspectedArtifact inspect(const oci::ManifestContent& content);

}  // namespace modelseal::artifact
