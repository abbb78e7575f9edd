// in-toto statements: what is said (predicate type, annotations) about which artifact (subject).
// Spec: in-toto attestation v1, statement.md and resource_descriptor.md; v0.1 is read, too.
#pragma once

#include "common/core/json.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

namespace predicate_types {
/// What `cosign sign` states: that the subject is signed, and nothing more.
inline constexpr std::string_view cosign_sign = "https://sigstore.dev/cosign/sign/v1";
}  // namespace predicate_types

/// One artifact that a statement is about.
struct Subject {
    std::string name{};
    std::optional<digest::Digest> sha256{};
    oci::Annotations annotations{};  // as signed_annotations::read()
};

struct Statement {
    std::vector<Subject> subjects{};
    std::string predicate_type{};

    /// Errors: malformed (unknown or missing field, wrong type, digest in upper case, a predicate
    /// that is no object).
    [[nodiscard]] static Statement parse(std::string_view bytes,
                                         std::uint64_t size_limit = core::JsonLimits().size);

    /// The subject with this digest; nullptr when the statement is about other artifacts.
    [[nodiscard]] const Subject* find_subject(const digest::Digest& artifact) const noexcept;
};

/// The statement that `cosign sign` writes, byte for byte: one subject without a name, annotations
/// sorted by key, an empty predicate.
[[nodiscard]] std::string cosign_sign_statement(const digest::Digest& artifact,
                                                const oci::Annotations& annotations);

/// The statement that `cosign attest` writes: v0.1, one subject named `name` (if
/// that is not empty). `predicate` is JSON text
/// and stands in it as it is, so that no number or member order of it changes.
[[nodiscard]] std::string attestation_statement(const digest::Digest& artifact,
                                                std::string_view name,
                                                std::string_view predicate_type,
                                                std::string_view predicate);

}  // namespace modelseal::sigstore
