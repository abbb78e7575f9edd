#include "common/oci/manifest.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::oci {

namespace {

using core::Error;
using core::ErrorKind;
using core::Json;

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorKind::malformed, core::Reason::malformed_evidence, std::move(message));
}

Json parse_document(std::string_view bytes) {
    Json json = core::parse_json(bytes, {.size = manifest_size_limit});
    if (!json.is_object()) {
        refuse("it is not a JSON object");
    }
    if (const std::uint64_t version = core::require_unsigned(json, "schemaVersion"); version != 2) {
        refuse(core::concat("its schemaVersion is ", version, ", not 2"));
    }
    return json;
}

/// A document with the fields of both could be signed as one thing and read as the other
/// (image-spec advisory GHSA-77vh-xpmg-72qh).
void refuse_field(const Json& json, std::string_view field, std::string_view what) {
    if (core::find(json, field) != nullptr) {
        refuse(core::concat(what, " may not have the field ", core::in_quotes(field)));
    }
}

std::optional<MediaType> optional_media_type(const Json& json, std::string_view field) {
    const auto text = core::optional_string(json, field);
    return text ? std::optional(MediaType::parse(*text)) : std::nullopt;
}

/// The document's own `mediaType`, which must satisfy `is_expected`.
std::optional<MediaType> own_media_type(const Json& json,
                                        bool (&is_expected)(const MediaType&) noexcept,
                                        std::string_view what) {
    auto type = optional_media_type(json, "mediaType");
    if (type && !is_expected(*type)) {
        refuse(core::concat(type->to_string(), " is not the media type of ", what));
    }
    return type;
}

std::vector<Descriptor> descriptors_from_json(const Json& json, std::string_view field) {
    const Json& array = core::require_array(json, field);
    if (array.size() > layer_count_limit) {
        throw Error(
            ErrorKind::malformed,
            core::Reason::limit_exceeded,
            core::concat(
                array.size(), " ", field, " are more than the limit of ", layer_count_limit));
    }
    std::vector<Descriptor> descriptors;
    descriptors.reserve(array.size());
    for (const Json& element : array) {
        descriptors.push_back(core::with_context(core::concat(field, "[", descriptors.size(), "]"),
                                                 [&] { return Descriptor::from_json(element); }));
    }
    return descriptors;
}

std::optional<Descriptor> subject_from_json(const Json& json) {
    const Json* subject = core::find(json, "subject");
    if (subject == nullptr) {
        return std::nullopt;
    }
    return core::with_context("subject", [&] { return Descriptor::from_json(*subject); });
}

Json descriptors_to_json(const std::vector<Descriptor>& descriptors) {
    Json array = Json::array();
    for (const Descriptor& descriptor : descriptors) {
        array.push_back(descriptor.to_json());
    }
    return array;
}

/// The fields that a manifest and an index begin with.
Json begin_document(const std::optional<MediaType>& media_type,
                    const std::optional<MediaType>& artifact_type) {
    Json json = Json::object();
    json["schemaVersion"] = 2;
    if (media_type) {
        json["mediaType"] = media_type->to_string();
    }
    if (artifact_type) {
        json["artifactType"] = artifact_type->to_string();
    }
    return json;
}

/// The fields that both end with.
std::string end_document(Json json,
                         const std::optional<Descriptor>& subject,
                         const Annotations& annotations) {
    if (subject) {
        json["subject"] = subject->to_json();
    }
    if (!annotations.empty()) {
        json["annotations"] = annotations_to_json(annotations);
    }
    return core::to_go_json(json);
}

}  // namespace

Manifest Manifest::parse(std::string_view bytes) {
    return core::with_context("reading a manifest", [&] {
        const Json json = parse_document(bytes);
        refuse_field(json, "manifests", "a manifest");
        return Manifest{
            .media_type = own_media_type(json, is_manifest, "a manifest"),
            .artifact_type = optional_media_type(json, "artifactType"),
            .config = core::with_context(
                "config",
                [&] { return Descriptor::from_json(core::require_object(json, "config")); }),
            .layers = descriptors_from_json(json, "layers"),
            .subject = subject_from_json(json),
            .annotations = annotations_from_json(json),
        };
    });
}

std::string Manifest::to_bytes() const {
    Json json = begin_document(media_type, artifact_type);
    json["config"] = config.to_json();
    json["layers"] = descriptors_to_json(layers);
    return end_document(std::move(json), subject, annotations);
}

const MediaType& Manifest::effective_artifact_type() const {
    return artifact_type ? *artifact_type : config.media_type;
}

Index Index::parse(std::string_view bytes) {
    return core::with_context("reading an index", [&] {
        const Json json = parse_document(bytes);
        refuse_field(json, "layers", "an index");
        refuse_field(json, "config", "an index");
        return Index{
            .media_type = own_media_type(json, is_index, "an index"),
            .artifact_type = optional_media_type(json, "artifactType"),
            .manifests = descriptors_from_json(json, "manifests"),
            .subject = subject_from_json(json),
            .annotations = annotations_from_json(json),
        };
    });
}

std::string Index::to_bytes() const {
    Json json = begin_document(media_type, artifact_type);
    json["manifests"] = descriptors_to_json(manifests);
    return end_document(std::move(json), subject, annotations);
}

bool is_index(const MediaType& type) noexcept {
    return type == media_types::image_index || type == media_types::docker_manifest_list;
}

bool is_manifest(const MediaType& type) noexcept {
    return type == media_types::image_manifest || type == media_types::docker_manifest;
}

MediaType media_type_of(std::string_view bytes) {
    return core::with_context("reading a manifest or index", [&] {
        const Json json = parse_document(bytes);
        const bool lists_manifests = core::find(json, "manifests") != nullptr;
        refuse_field(json, lists_manifests ? "layers" : "manifests", "this document");
        auto type = lists_manifests ? own_media_type(json, is_index, "an index")
                                    : own_media_type(json, is_manifest, "a manifest");
        return type ? *type
                    : MediaType::parse(lists_manifests ? media_types::image_index
                                                       : media_types::image_manifest);
    });
}

ManifestSummary summarize(std::string_view bytes) {
    ManifestSummary summary{.descriptor = {.media_type = media_type_of(bytes),
                                           .digest = digest::sha256_of(core::as_bytes(bytes)),
                                           .size = bytes.size()},
                            .subject = std::nullopt};
    const auto take = [&](auto&& document) {
        summary.descriptor.annotations = std::move(document.annotations);
        summary.subject = document.subject ? std::optional(document.subject->digest) : std::nullopt;
    };
    if (is_index(summary.descriptor.media_type)) {
        Index index = Index::parse(bytes);
        summary.descriptor.artifact_type = index.artifact_type;
        take(std::move(index));
    } else {
        Manifest manifest = Manifest::parse(bytes);
        summary.descriptor.artifact_type = manifest.effective_artifact_type();
        take(std::move(manifest));
    }
    return summary;
}

Descriptor empty_descriptor() {
    return {.media_type = MediaType::parse(media_types::empty),
            .digest = digest::sha256_of(core::as_bytes(empty_content)),
            .size = empty_content.size(),
            .data = std::string(empty_content)};
}

}  // namespace modelseal::oci
