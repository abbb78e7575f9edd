#include "common/oci/descriptor.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <limits>

#include <nlohmann/json.hpp>

namespace modelseal::oci {

namespace {

using core::Error;
using core::ErrorKind;

/// image-spec descriptor.md: size is an int64.
std::uint64_t size_from_json(const core::Json& json) {
    const std::uint64_t size = core::require_unsigned(json, "size");
    if (size > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        throw Error(ErrorKind::malformed,
                    core::concat("the field \"size\" is ", size, ", more than a size can be"));
    }
    return size;
}

/// image-spec descriptor.md: "The decoded data MUST be identical to the referenced content and
/// SHOULD be verified against the digest and size fields".
std::string data_from_json(std::string_view encoded, const Descriptor& described) {
    const auto bytes = core::from_base64(encoded);
    if (!bytes) {
        throw Error(ErrorKind::malformed, "the field \"data\" is not base64");
    }
    if (bytes->size() != described.size || digest::sha256_of(*bytes) != described.digest) {
        throw Error(ErrorKind::malformed,
                    core::concat("the field \"data\" is not the content that ",
                                 described.digest.to_string(),
                                 " names"));
    }
    return std::string(core::as_text(*bytes));
}

}  // namespace

Annotations annotations_from_json(const core::Json& json) {
    Annotations annotations;
    if (core::find(json, "annotations") == nullptr) {
        return annotations;
    }
    for (const auto& [key, value] : core::require_object(json, "annotations").items()) {
        if (!value.is_string()) {
            throw Error(ErrorKind::malformed,
                        core::concat("the annotation ", core::in_quotes(key), " is not a string"));
        }
        annotations.emplace(key, value.get<std::string>());
    }
    return annotations;
}

core::Json annotations_to_json(const Annotations& annotations) {
    core::Json json = core::Json::object();
    auto& members = json.get_ref<core::Json::object_t&>();
    for (const auto& [key, value] : annotations) {
        // The keys of a map are distinct: no search for an equal one is needed.
        members.Container::emplace_back(key, value);
    }
    return json;
}

Descriptor Descriptor::from_json(const core::Json& json) {
    if (!json.is_object()) {
        throw Error(ErrorKind::malformed, "a descriptor is not an object");
    }
    Descriptor descriptor{
        .media_type = MediaType::parse(core::require_string(json, "mediaType")),
        .digest = digest::Digest::parse(core::require_string(json, "digest")),
        .size = size_from_json(json),
        .annotations = annotations_from_json(json),
    };
    if (const auto type = core::optional_string(json, "artifactType")) {
        descriptor.artifact_type = MediaType::parse(*type);
    }
    if (const auto data = core::optional_string(json, "data")) {
        descriptor.data = data_from_json(*data, descriptor);
    }
    return descriptor;
}

core::Json Descriptor::to_json() const {
    core::Json json = core::Json::object();
    json["mediaType"] = media_type.to_string();
    json["digest"] = digest.to_string();
    json["size"] = size;
    if (!annotations.empty()) {
        json["annotations"] = annotations_to_json(annotations);
    }
    if (data) {
        json["data"] = core::to_base64(core::as_bytes(*data));
    }
    if (artifact_type) {
        json["artifactType"] = artifact_type->to_string();
    }
    return json;
}

}  // namespace modelseal::oci
