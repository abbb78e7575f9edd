// The shape of a manifest: an artifact of our own type, or CNCF ModelPack over the same layers.
// Spec: CNCF ModelPack model-spec, spec.md and config.md.
#pragma once

#include "common/artifact/manifest_annotations.hpp"
#include "common/digest/digest.hpp"
#include "common/model/check.hpp"
#include "common/model/content/content_kind.hpp"
#include "common/oci/media_type.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::artifact {

enum class Profile {
    ml,         // application/vnd.ml.model with an empty config
    modelpack,  // application/vnd.cncf.model.manifest.v1+json with the config that it demands
};

/// "ml" or "modelpack". Errors: usage.
[[nodiscard]] Profile parse_profile(std::string_view name);

/// The artifact type that a profile demands, or takes unless the user names another.
/// Errors: usage when `given` contradicts the profile.
[[nodiscard]] oci::MediaType artifact_type_of(Profile profile,
                                              const std::optional<std::string>& given);

/// The media type of a layer that holds a file of this kind as it is.
[[nodiscard]] oci::MediaType layer_type_of(Profile profile, const model::ModelFile& file);

inline constexpr std::string_view modelpack_config_type =
    "application/vnd.cncf.model.config.v1+json";

/// ModelPack's config blob. `digests` are the layers' in their order: raw layers are their own
/// uncompressed content. The same facts give the same bytes.
[[nodiscard]] std::string modelpack_config(const Origin& origin,
                                           const model::ModelFacts& facts,
                                           const std::vector<digest::Digest>& digests);

}  // namespace modelseal::artifact
