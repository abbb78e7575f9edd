// The files of one pull on their way into a folder.
#pragma once

#include "common/artifact/pull.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/core/progress.hpp"
#include "common/oci/artifact_files.hpp"
#include "common/oci/store.hpp"
#include "common/seal/seal.hpp"

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace modelseal::artifact {

/// The files of one pull, complete under temporary names until all of them are.
class Download {
  public:
    /// Opens or creates the output folder. All outlive this object.
    /// Errors: those of OutputFolder::open_or_create().
    Download(oci::Store& store, const PullRequest& request, core::Progress& progress);

    /// Fetches and verifies every file that the folder does not have yet. Call once. On an error,
    /// large files that are complete or begun are left to the next pull of the same content.
    /// Errors: those of the store; unavailable when another process is writing there; malformed
    /// when the seal could not be replaced afterwards; usage (a file would be replaced and old
    /// files are kept); io, also when the disk is too small for all.
    [[nodiscard]] std::vector<PulledFile> fetch_all(const std::vector<oci::ArtifactFile>& files);

    /// The step that changes what the user sees. After an error it is the old model again, seal
    /// included. Killed, it leaves the old seal over files that are not the old model's:
    /// verification refuses them until the pull is repeated.
    /// Errors: io; those of core::Replacement.
    void commit(const std::optional<seal::Seal>& seal);

  private:
    [[nodiscard]] std::set<std::string> working_folders(
        const std::vector<oci::ArtifactFile>& files) const;
    void require_space(const std::vector<oci::ArtifactFile>& files) const;
    [[nodiscard]] std::uint64_t space_for(const oci::ArtifactFile& file) const;
    [[nodiscard]] PullOutcome fetch_one(const oci::ArtifactFile& file);
    [[nodiscard]] core::OutputFile fetch_content(const oci::ArtifactFile& file,
                                                 const std::string& path,
                                                 core::Task& task);
    void fetch_archive(const oci::ArtifactFile& file, core::Task& task);
    void keep(core::OutputFile file);
    void tidy_up(bool keep_partial) noexcept;

    oci::Store& store_;
    const PullRequest& request_;
    core::Progress& progress_;
    core::OutputFolder folder_;
    std::set<std::string> subfolders_;
    std::set<std::string, std::less<>> ids_;  // of partial content that may be used
    std::mutex mutex_;
    std::vector<core::OutputFile> complete_;
};

}  // namespace modelseal::artifact
