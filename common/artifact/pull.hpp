// Brings a model from a store into a folder: verified first, written next to the old files, and
// switched over only when everything is complete.
#pragma once

#include "common/artifact/existing_file.hpp"
#include "common/core/progress.hpp"
#include "common/oci/artifact_files.hpp"
#include "common/oci/store.hpp"
#include "common/sigstore/demands.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::artifact {

struct PullRequest {
    oci::Reference reference;
    std::filesystem::path output;
    /// Who must have signed. Without it the pull is of unverified origin, and says so.
    std::optional<sigstore::Demands> demands{};
    OldFiles old_files = OldFiles::replaced;  // kept: refuse to replace one whose bytes differ
    std::size_t concurrency = 3;
};

enum class PullOutcome {
    written,
    reused,    // the file was there already, with the right bytes
    unpacked,  // an archive layer; its files were written, but for those with the right bytes
};

struct PulledFile {
    std::string path;
    oci::Descriptor layer;
    PullOutcome outcome = PullOutcome::written;
};

struct PulledArtifact {
    oci::Descriptor descriptor;
    oci::Manifest manifest;
    std::vector<PulledFile> files;
    std::optional<sigstore::VerifiedArtifact> verified;
    bool sealed =
        false;  // archives cannot be sealed: their manifest does not list the files inside
};

/// Errors: those of the store and of sigstore::verify_artifact; usage (a file would be replaced
/// and old files are kept); malformed (an artifact without files, names that cannot be written
/// safely, something that is no seal in the seal's place); io. On any error the files that were in
/// the folder are still there, unchanged, and no temporary file stays.
PulledArtifact pull(oci::Store& store, const PullRequest& request, core::Progress& progress);

}  // namespace modelseal::artifact
