// What attestations can state: predicate types by their short names, and predicates as files.
// Spec: cosign, "In-Toto Attestations", the types of `cosign attest --type`.
#pragma once

#include "common/core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

namespace predicate_types {
/// Any file as text, with the time at which it was attested.
inline constexpr std::string_view custom = "https://cosign.sigstore.dev/attestation/v1";

/// How a model was trained and stored; who serves it where.
inline constexpr std::string_view modelseal_provenance = "https://modelseal.dev/provenance/v1";
inline constexpr std::string_view modelseal_serving = "https://modelseal.dev/serving/v1";
}  // namespace predicate_types

/// Larger predicates are neither written nor read: 4 MiB.
inline constexpr std::uint64_t predicate_size_limit = std::uint64_t{4} << 20U;

/// The URI of a short name ("slsaprovenance1", "modelseal") or a URI itself, as --type takes them.
/// Errors: usage for anything else; usage for the type of `cosign sign`, because what states it is
/// a signature.
[[nodiscard]] std::string resolve_predicate_type(std::string_view type);

/// The JSON text of the predicate that a file's content makes: an object as it is written, without
/// white space between its tokens; for the type `custom` any text, wrapped with `now`.
/// Errors: malformed (not one JSON object, duplicate keys, text that is not UTF-8, more than
/// predicate_size_limit).
[[nodiscard]] std::string make_predicate(std::string_view predicate_type,
                                         std::string_view content,
                                         const core::Timestamp& now);

}  // namespace modelseal::sigstore
