// Image manifests and indexes. Spec: OCI image-spec 1.1, manifest.md and image-index.md.
#pragma once

#include "common/oci/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::oci {

/// Registries need not accept more, and peers read no more.
inline constexpr std::uint64_t manifest_size_limit = std::uint64_t{4} << 20U;

/// A manifest of this size could hold more, but nobody writes more: 4 MiB of the smallest layers.
inline constexpr std::size_t layer_count_limit = 20'000;

/// An image manifest as a value. `to_bytes()` gives what oras would have written for it.
struct Manifest {
    /// OCI's, Docker's (Ollama writes that one), or none at all (KitOps).
    std::optional<MediaType> media_type = MediaType::parse(media_types::image_manifest);
    std::optional<MediaType> artifact_type{};
    Descriptor config;
    std::vector<Descriptor> layers{};
    std::optional<Descriptor> subject{};
    Annotations annotations{};

    /// Refuses a document that could also be read as an index. Fields that this project does not
    /// interpret are ignored.
    /// Errors: malformed (not a manifest, missing or duplicate fields, over a limit).
    [[nodiscard]] static Manifest parse(std::string_view bytes);

    /// Field order and escaping of oras: schemaVersion, mediaType, artifactType, config, layers,
    /// subject, annotations; compact, no newline.
    [[nodiscard]] std::string to_bytes() const;

    /// artifactType, or the config's media type as image-spec 1.1 falls back to.
    [[nodiscard]] const MediaType& effective_artifact_type() const;

    bool operator==(const Manifest&) const = default;
};

/// An image index, or a Docker manifest list, as a value.
struct Index {
    std::optional<MediaType> media_type = MediaType::parse(media_types::image_index);
    std::optional<MediaType> artifact_type{};
    std::vector<Descriptor> manifests{};
    std::optional<Descriptor> subject{};
    Annotations annotations{};

    /// Refuses a document that could also be read as a manifest. Errors: malformed.
    [[nodiscard]] static Index parse(std::string_view bytes);

    /// schemaVersion, mediaType, artifactType, manifests, subject, annotations.
    [[nodiscard]] std::string to_bytes() const;
    bool operator==(const Index&) const = default;
};

/// Whether a descriptor's media type is that of an index (OCI or Docker manifest list).
[[nodiscard]] bool is_index(const MediaType& type) noexcept;

/// Whether it is that of an image manifest (OCI or Docker).
[[nodiscard]] bool is_manifest(const MediaType& type) noexcept;

/// The media type of a manifest or index: its `mediaType` field, or what its other fields say.
/// Errors: malformed (neither a manifest nor an index, or a type that is neither).
[[nodiscard]] MediaType media_type_of(std::string_view bytes);

/// What a manifest or index says about itself.
struct ManifestSummary {
    /// As lists of referrers and a layout's index repeat it: with its annotations and effective
    /// artifact type. Annotations of a descriptor prove nothing; those of signed content do.
    Descriptor descriptor;
    std::optional<digest::Digest> subject;
};

/// Errors: malformed, as Manifest::parse() and Index::parse().
[[nodiscard]] ManifestSummary summarize(std::string_view bytes);

/// The config blob of an artifact that has none: "{}", embedded as `data` (image-spec, "Guidance
/// for an Empty Descriptor").
[[nodiscard]] Descriptor empty_descriptor();
inline constexpr std::string_view empty_content = "{}";

}  // namespace modelseal::oci
