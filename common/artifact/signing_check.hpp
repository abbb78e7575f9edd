// The check before signing: nobody signs what nobody looked at.
#pragma once

#include "common/core/progress.hpp"
#include "common/git/git_facts.hpp"
#include "common/model/check.hpp"
#include "common/oci/store.hpp"

#include <optional>
#include <string_view>

namespace modelseal::artifact {

/// How much of a model was checked before it was signed. It is part of what is signed.
enum class CheckLevel {
    none,    // nothing
    header,  // headers, read by range: not bound to the digest, the storage could lie
    full,    // headers and every byte, over content that has the digest
};

/// "none", "header", "full"
[[nodiscard]] std::string_view to_string(CheckLevel level) noexcept;

/// full for a layout, whose bytes are near, header for a registry.
[[nodiscard]] CheckLevel default_check_level(const oci::Repository& repository) noexcept;

/// What can be said of `manifest` when `wanted` is asked for: the files inside a layer that is
/// unpacked by whoever pulls it are not looked at, so no artifact with one is checked in full.
/// Errors: those of oci::list_files().
[[nodiscard]] CheckLevel attainable_level(const oci::Manifest& manifest, CheckLevel wanted);

/// Checks the files of `manifest` as modelseal-check would, under the names that they will be
/// pulled by. `level` is header or full; the latter
/// reads every byte and compares what the check saw. Returns what was found besides refusals.
/// Errors: mismatch (malformed_model, unsafe_content) for a model that may not be signed, also when
/// a layer is to be unpacked whose content is no archive;
/// (digest_mismatch, size_mismatch, changed_while_read) for content that is not what the manifest
/// says; those of the store and of oci::list_files().
model::CheckedModel check_before_signing(oci::Store& store,
                                         const oci::Manifest& manifest,
                                         CheckLevel level,
                                         const model::CheckOptions& options,
                                         core::Progress& progress);

/// An artifact that says it was made from this very repository must say that it was made from the
/// commit that is checked out. Errors: mismatch (wrong_annotation).
void check_commit(const oci::Manifest& manifest, const std::optional<git::GitFacts>& git);

}  // namespace modelseal::artifact
