#include "common/artifact/model_layers.hpp"

#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

namespace modelseal::artifact {

namespace keys = oci::annotation_keys;

namespace {

oci::Annotations own_annotations(const model::ModelFile& file) {
    oci::Annotations annotations = {
        {std::string(keys::kind), std::string(model::to_string(file.kind))}};
    if (file.safetensors) {
        annotations.emplace(
            keys::safetensors_header,
            core::concat(
                file.safetensors->header_length, ' ', file.safetensors->header_sha256.to_string()));
    }
    return annotations;
}

FileToPush layer_of(const model::ModelFile& file,
                    Profile profile,
                    const LayerOverrides& overrides) {
    const auto type = overrides.media_types.find(file.path);
    FileToPush layer{.path = file.path,
                     .content = file.file,
                     .media_type = type == overrides.media_types.end()
                                       ? layer_type_of(profile, file)
                                       : type->second,
                     .annotations = own_annotations(file)};
    const auto given = overrides.annotations.find(file.path);
    if (given == overrides.annotations.end()) {
        return layer;
    }
    refuse_own_keys(given->second);
    for (const auto& [key, value] : given->second) {
        layer.annotations.insert_or_assign(key, value);
    }
    const auto title = given->second.find(keys::title);
    if (title != given->second.end()) {
        layer.path = title->second;
    }
    return layer;
}

}  // namespace

std::vector<FileToPush> layers_of(const model::CheckedModel& model,
                                  Profile profile,
                                  const LayerOverrides& overrides) {
    std::vector<FileToPush> layers;
    layers.reserve(model.files.size());
    for (const model::ModelFile& file : model.files) {
        layers.push_back(layer_of(file, profile, overrides));
    }
    return layers;
}

}  // namespace modelseal::artifact
