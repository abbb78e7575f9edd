// The seal: what lies beside a model so that it can be verified without a network.
// DIR/.modelseal/manifest.json   the artifact's manifest, byte for byte
// DIR/.modelseal/index.json      the index that the manifest was chosen from, if there was one
// DIR/.modelseal/<digest>.sigstore.json   Sigstore bundles, named by their own SHA-256
//
// A seal is not trusted: it is the evidence that a verifier checks against what it was told.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/format/bundle.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::seal {

inline constexpr std::string_view folder_name = ".modelseal";

/// Limits on what is read and written.
inline constexpr std::uint64_t evidence_size_limit = sigstore::bundle_size_limit;  // bytes, each
inline constexpr std::uint64_t evidence_total_limit = std::uint64_t{4} << 20U;     // bytes
inline constexpr std::size_t evidence_count_limit = 64;

struct Seal {
    std::string manifest;
    std::optional<std::string> index{};
    std::vector<std::string> evidence{};  // Sigstore bundles as JSON text

    /// The artifact's digest.
    [[nodiscard]] digest::Digest manifest_digest() const;

    bool operator==(const Seal&) const = default;
};

/// For whoever is about to change the files that a seal is about, and then the seal: it could not
/// be replaced after all when something else has its name, or what is not of a seal lies in its
/// folder, which would be lost.
/// Errors: malformed (unsafe_path), naming it; denied, io.
void require_replaceable(const core::Folder& model);

/// Replaces the seal of the model in `model` as a whole: evidence of an earlier seal is gone, and
/// an interruption leaves the old seal, or none, never a mixture.
/// Errors: malformed (limit_exceeded) past the limits above; those of require_replaceable() and
/// core::replace_folder().
void write_seal(const core::Folder& model, const Seal& seal);

/// Removes the seal: what a model's folder needs before its files are replaced one by one.
/// Errors: those of require_replaceable().
void remove_seal(const core::Folder& model);

/// Reads a seal. Evidence comes in the order of its file names.
/// Errors: mismatch (missing_file) when there is no seal, mismatch (extra_file) for anything in
/// its folder that does not belong there, mismatch (malformed_evidence) past the limits, malformed
/// (unsafe_path) for links and special files, denied, io.
[[nodiscard]] Seal read_seal(const core::Folder& model);

}  // namespace modelseal::seal
