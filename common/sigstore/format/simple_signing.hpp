// The payload of cosign's older signatures, kept at the tag "sha256-<hex>.sig".
// Spec: cosign SIGNATURE_SPEC.md; containers/image, "Simple signing".
#pragma once

#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"
#include "common/oci/reference.hpp"

#include <string>
#include <string_view>

namespace modelseal::sigstore {

struct SimpleSigning {
    std::string docker_reference;  // "registry/repository" at signing time; says nothing today
    digest::Digest manifest_digest;
    oci::Annotations annotations{};  // as signed_annotations::read()

    /// Errors: malformed (unknown or missing field, wrong type, another `type`).
    [[nodiscard]] static SimpleSigning parse(std::string_view bytes);

    /// The bytes that cosign signs: compact, annotations sorted by key, null without any.
    [[nodiscard]] std::string to_bytes() const;
};

/// Where legacy signatures of an artifact are kept: "sha256-<hex>.sig".
[[nodiscard]] oci::Tag legacy_signature_tag(const digest::Digest& artifact);

}  // namespace modelseal::sigstore
