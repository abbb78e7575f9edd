// Puts a checked model into a store: one raw layer per file, then the manifest, then its tags.
#pragma once

#include "common/artifact/manifest_annotations.hpp"
#include "common/artifact/profile.hpp"
#include "common/core/files/file.hpp"
#include "common/core/progress.hpp"
#include "common/oci/store.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::artifact {

/// One file, open since it was checked: the bytes that are sent are the bytes that were looked at.
struct FileToPush {
    std::string path;  // its name inside the model
    std::shared_ptr<const core::File> content;
    oci::MediaType media_type;
    oci::Annotations annotations{};          // besides the two that name the file
    std::optional<digest::Digest> digest{};  // when the caller hashed these very bytes
};

struct PushRequest {
    std::vector<FileToPush> files;  // at least one
    oci::MediaType artifact_type;
    Profile profile = Profile::ml;
    model::ModelFacts facts{};  // for ModelPack's config
    Origin origin{};
    oci::Annotations annotations{};         // the user's, for the manifest
    oci::Annotations config_annotations{};  // for the config's descriptor
    std::vector<oci::Tag> tags{};           // none: stored by digest only
    std::size_t concurrency = 5;
};

struct PushedArtifact {
    oci::Descriptor descriptor;  // of the manifest
    oci::Manifest manifest;
    std::string manifest_bytes;
    digest::Digest root;  // of the model record (design: OMS root)
};

/// Errors: usage (no files, annotations that cannot be set), malformed (unsafe or colliding names,
/// a manifest over the size limit), io (changed_while_read), and those of the store.
PushedArtifact push(oci::Store& store, PushRequest request, core::Progress& progress);

}  // namespace modelseal::artifact
