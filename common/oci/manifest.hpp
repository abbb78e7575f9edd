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

/// An image manifest as a value. `to_bytes()` gives what oras would have written for it.
struct Manifest {
    std::optional<MediaType> artifact_type{};
    Descriptor config;
    std::vector<Descriptor> layers{};
    std::optional<Descriptor> subject{};
    Annotations annotations{};

    /// Errors: malformed (not a manifest, missing or duplicate fields, over the size limit).
    [[nodiscard]] static Manifest parse(std::string_view bytes);

    /// Field order and escaping of oras: schemaVersion, mediaType, artifactType, config, layers,
    /// subject, annotations; compact, no newline.
    [[nodiscard]] std::string to_bytes() const;

    /// artifactType, or the config's media type as image-spec 1.1 falls back to.
    [[nodiscard]] std::string effective_artifact_type() const;

    bool operator==(const Manifest&) const = default;
};

struct Index {
    std::optional<MediaType> artifact_type{};
    std::vector<Descriptor> manifests{};
    std::optional<Descriptor> subject{};
    Annotations annotations{};

    /// Errors: malformed.
    [[nodiscard]] static Index parse(std::string_view bytes);
    [[nodiscard]] std::string to_bytes() const;
    bool operator==(const Index&) const = default;
};

/// Whether a descriptor's media type is that of an index (OCI or Docker manifest list).
[[nodiscard]] bool is_index(const MediaType& type) noexcept;
[[nodiscard]] bool is_manifest(const MediaType& type) noexcept;

/// The config blob of an artifact that has none: "{}", embedded as `data` (image-spec, "Guidance
/// for an Empty Descriptor").
[[nodiscard]] Descriptor empty_descriptor();
inline constexpr std::string_view empty_content = "{}";

}  // namespace modelseal::oci
