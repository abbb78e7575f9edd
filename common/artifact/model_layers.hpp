// A checked model as layers to push.
#pragma once

#include "common/artifact/annotation_file.hpp"
#include "common/artifact/push.hpp"
#include "common/model/check.hpp"

#include <map>
#include <string>
#include <vector>

namespace modelseal::artifact {

/// What the user said about files, by the name each file has inside the model.
struct LayerOverrides {
    std::map<std::string, oci::MediaType, std::less<>> media_types{};
    std::map<std::string, oci::Annotations, std::less<>> annotations{};
};

/// One layer per file: the media type of its kind or the user's, the annotations
/// dev.modelseal.kind and, for safetensors, dev.modelseal.safetensors.header. A user's title
/// renames. Errors: usage when a user's annotation lies under "dev.modelseal.", or an override
/// names no file of the model; mismatch when a renamed file is refused under its new name.
[[nodiscard]] std::vector<FileToPush> layers_of(const model::CheckedModel& model,
                                                Profile profile,
                                                const LayerOverrides& overrides,
                                                const model::CheckOptions& options);

}  // namespace modelseal::artifact
