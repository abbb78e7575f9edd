#include "common/artifact/inspect.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/model/model_record.hpp"

#include <algorithm>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;

namespace {

[[noreturn]] void refuse_index(const oci::ManifestContent& content) {
    constexpr std::size_t shown = 5;
    const oci::Index index = oci::Index::parse(content.bytes);
    std::string digests;
    for (std::size_t i = 0; i < std::min(shown, index.manifests.size()); ++i) {
        digests += core::concat(i == 0 ? "" : ", ", index.manifests[i].digest.to_string());
    }
    throw Error(ErrorKind::usage,
                core::concat(content.descriptor.digest.to_string(),
                             " is an index of ",
                             index.manifests.size(),
                             " manifests; name one of them by digest: ",
                             digests));
}

std::optional<digest::Digest> root_of(const std::vector<oci::ArtifactFile>& files) {
    std::vector<const oci::ArtifactFile*> ordered;
    for (const oci::ArtifactFile& file : files) {
        if (file.packing != oci::Packing::raw) {
            return std::nullopt;
        }
        ordered.push_back(&file);
    }
    if (ordered.empty()) {
        return std::nullopt;
    }
    std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
        return a->path < b->path;
    });
    std::vector<digest::Digest> digests;
    digests.reserve(ordered.size());
    for (const oci::ArtifactFile* file : ordered) {
        digests.push_back(file->layer.digest);
    }
    return model::root_of(digests);
}

}  // namespace

InspectedArtifact inspect(const oci::ManifestContent& content) {
    if (oci::is_index(content.descriptor.media_type)) {
        refuse_index(content);
    }
    InspectedArtifact artifact{.descriptor = content.descriptor,
                               .manifest = oci::Manifest::parse(content.bytes),
                               .files = {},
                               .root = std::nullopt};
    artifact.files = oci::list_files(artifact.manifest);
    artifact.root = root_of(artifact.files);
    return artifact;
}

InspectedArtifact inspect(oci::Store& store, const oci::Reference& reference) {
    return inspect(oci::fetch(store, reference));
}

}  // namespace modelseal::artifact
