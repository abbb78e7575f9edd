#include "common/commands/oras/output.hpp"

#include "common/commands/trust/signer_report.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

namespace {

void add_descriptor(core::Json& json,
                    const oci::Repository& repository,
                    const oci::Descriptor& descriptor) {
    json["reference"] = core::as_utf8(pinned(repository, descriptor.digest));
    json["mediaType"] = descriptor.media_type.to_string();
    json["digest"] = descriptor.digest.to_string();
    json["size"] = descriptor.size;
}

void add_annotations(core::Json& json, const oci::Annotations& annotations) {
    if (!annotations.empty()) {
        json["annotations"] = annotations_json(annotations);
    }
}

}  // namespace

std::string pinned(const oci::Repository& repository, const digest::Digest& digest) {
    return core::concat(repository.to_string(), '@', digest.to_string());
}

std::string title_of(const oci::Descriptor& layer) {
    const auto title = layer.annotations.find(oci::annotation_keys::title);
    return title == layer.annotations.end() ? "" : title->second;
}

core::Json files_json(const oci::Repository& repository, const oci::Manifest& manifest) {
    core::Json files = core::Json::array();
    for (const oci::Descriptor& layer : manifest.layers) {
        core::Json file = layer_json(repository, layer);
        file["path"] = title_of(layer);
        files.push_back(std::move(file));
    }
    return files;
}

core::Json signature_json(const sigstore::SignatureFacts& facts) {
    core::Json json = core::Json::object();
    json["format"] = sigstore::to_string(facts.format);
    add_signer(json, facts.authentication);
    json["annotations"] = annotations_json(facts.annotations);
    return json;
}

core::Json annotations_json(const oci::Annotations& annotations) {
    core::Json json = core::Json::object();
    for (const auto& [key, value] : annotations) {
        json[key] = value;
    }
    return json;
}

core::Json artifact_json(const oci::Repository& repository,
                         const oci::Descriptor& descriptor,
                         const oci::Manifest& manifest) {
    core::Json json = core::Json::object();
    add_descriptor(json, repository, descriptor);
    add_annotations(json, manifest.annotations);
    json["artifactType"] = manifest.effective_artifact_type().to_string();
    return json;
}

core::Json layer_json(const oci::Repository& repository, const oci::Descriptor& layer) {
    core::Json json = core::Json::object();
    add_descriptor(json, repository, layer);
    add_annotations(json, layer.annotations);
    return json;
}

}  // namespace modelseal::commands::oras
