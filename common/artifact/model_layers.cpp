#include "common/artifact/model_layers.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <algorithm>

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

/// What was meant for a file that is not there would be lost without a word.
void refuse_unused(const model::CheckedModel& model, const LayerOverrides& overrides) {
    const auto refuse_unknown = [&](const auto& by_name, std::string_view what) {
        for (const auto& [name, ignored] : by_name) {
            const bool known = std::any_of(
                model.files.begin(), model.files.end(), [&](const model::ModelFile& file) {
                    return file.path == name;
                });
            if (!known) {
                throw core::Error(core::ErrorKind::usage,
                                  core::concat(what,
                                               " is given for ",
                                               core::in_quotes(name),
                                               ", which is no file of the model"));
            }
        }
    };
    refuse_unknown(overrides.media_types, "a media type");
    refuse_unknown(overrides.annotations, "an annotation");
}

/// A name decides what a file does to those who pull it: "notes.txt" is text, "modeling.py" runs.
void check_under_new_names(const model::CheckedModel& model,
                           const std::vector<FileToPush>& layers,
                           const model::CheckOptions& options) {
    std::vector<model::NamedContent> contents;
    bool is_renamed = false;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        contents.push_back({layers[i].path, layers[i].content.get()});
        is_renamed = is_renamed || layers[i].path != model.files[i].path;
    }
    if (is_renamed) {
        model::check_contents(contents, options).require_acceptable();
    }
}

}  // namespace

std::vector<FileToPush> layers_of(const model::CheckedModel& model,
                                  Profile profile,
                                  const LayerOverrides& overrides,
                                  const model::CheckOptions& options) {
    refuse_unused(model, overrides);
    std::vector<FileToPush> layers;
    layers.reserve(model.files.size());
    for (const model::ModelFile& file : model.files) {
        layers.push_back(layer_of(file, profile, overrides));
    }
    check_under_new_names(model, layers, options);
    return layers;
}

}  // namespace modelseal::artifact
