// Which files an artifact holds, whoever packed it: oras, ModelPack tools, or this project.
#pragma once

#include "common/oci/manifest.hpp"

#include <string>
#include <vector>

namespace modelseal::oci {

/// How a layer carries what its name says.
enum class Packing {
    raw,       // the layer is the file
    tar,       // the layer is an archive of the file or folder
    tar_gzip,  // the same, compressed
};

/// `path` is safe inside a folder (core::why_no_model_path) and collides with no other.
struct ArtifactFile {
    std::string path;
    Descriptor layer;
    Packing packing = Packing::raw;
    bool operator==(const ArtifactFile&) const = default;
};

/// The files of a manifest, in the order of its layers; none for an artifact whose only layer is
/// the empty descriptor. Every layer is accounted for: one without a name is an error, because what
/// is skipped silently is missing later.
///
/// A layer's name is its annotation org.opencontainers.image.title, org.cncf.model.filepath or
/// org.cnai.model.filepath; where it has several, they agree. An archive is told by oras's
/// annotation io.deis.oras.content.unpack or by the end of a ModelPack media type. (A title alone
/// never makes an archive: oras gives plain files the media type of a tar layer.)
///
/// Errors: malformed (no name, names that disagree); malformed (unsafe_path) for a name that would
/// leave the folder, that is ours (".modelseal…"), or that a file system could take for another
/// one's: equal after folding case, or both a file and a folder; malformed (unsupported) for a
/// packing that cannot be read. Spec: oras-go "file" content store; ModelPack model-spec.
[[nodiscard]] std::vector<ArtifactFile> list_files(const Manifest& manifest);

}  // namespace modelseal::oci
