// A content descriptor. Spec: OCI image-spec 1.1, descriptor.md.
#pragma once

#include "common/core/json.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/media_type.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace modelseal::oci {

/// Bytewise sorted, as Go writes maps.
using Annotations = std::map<std::string, std::string, std::less<>>;

/// Names content by media type, digest and size.
/// Members that this project does not interpret (urls, platform) are ignored.
struct Descriptor {
    MediaType media_type;
    digest::Digest digest;
    std::uint64_t size = 0;
    Annotations annotations{};
    std::optional<MediaType> artifact_type{};
    std::optional<std::string> data{};  // the content itself, decoded, when it is embedded

    /// Errors: malformed (missing field, wrong type, bad digest, negative or fractional size,
    /// `data` that is not the content described).
    [[nodiscard]] static Descriptor from_json(const core::Json& json);

    /// In the order of fields that oras writes: mediaType, digest, size, annotations, data,
    /// artifactType.
    [[nodiscard]] core::Json to_json() const;

    bool operator==(const Descriptor&) const = default;
};

/// The member "annotations" of `json`; empty when absent.
/// Errors: malformed (not an object of strings).
[[nodiscard]] Annotations annotations_from_json(const core::Json& json);

[[nodiscard]] core::Json annotations_to_json(const Annotations& annotations);

}  // namespace modelseal::oci
