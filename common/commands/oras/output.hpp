// JSON shapes that push, pull and inspect share; field names are oras's where oras has the field.
#pragma once

#include "common/core/json.hpp"
#include "common/oci/descriptor.hpp"
#include "common/oci/manifest.hpp"
#include "common/oci/reference.hpp"
#include "common/sigstore/verify.hpp"

#include <string>
#include <string_view>

namespace modelseal::commands::oras {

/// "registry/repo@sha256:…": how oras writes what was pushed or pulled.
[[nodiscard]] std::string pinned(const oci::Repository& repository, const digest::Digest& digest);

/// What stands behind a root that is shown to people: it identifies no model.
inline constexpr std::string_view root_remark = " (of the bytes; names are in the digest)";

/// reference, mediaType, digest, size, annotations, artifactType.
[[nodiscard]] core::Json artifact_json(const oci::Repository& repository,
                                       const oci::Descriptor& descriptor,
                                       const oci::Manifest& manifest);

/// reference, mediaType, digest, size, annotations of a layer.
[[nodiscard]] core::Json layer_json(const oci::Repository& repository,
                                    const oci::Descriptor& layer);

/// The name of a layer's file; empty when it has none.
[[nodiscard]] std::string title_of(const oci::Descriptor& layer);

/// layer_json() of every layer, with its name as `path`.
[[nodiscard]] core::Json files_json(const oci::Repository& repository,
                                    const oci::Manifest& manifest);

/// What a verified signature proved: keyFingerprint, format, annotations.
[[nodiscard]] core::Json signature_json(const sigstore::SignatureFacts& facts);

[[nodiscard]] core::Json annotations_json(const oci::Annotations& annotations);

}  // namespace modelseal::commands::oras
