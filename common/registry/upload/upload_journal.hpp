// What is kept on this machine of uploads under way, so that a later process can continue them.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/variables.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::registry {

/// One upload of one file to one repository.
struct UploadRecord {
    std::string uploads{};          // the repository's URL for uploads
    core::FileStamp file{};         // as it was when the upload began
    std::string location{};         // the session's URL; empty once the blob is stored
    std::uint64_t offset = 0;       // bytes that the registry confirmed
    std::uint64_t least_chunk = 0;  // what the registry asks of chunks, in bytes

    /// Errors: malformed, also for a member that is unknown.
    [[nodiscard]] static UploadRecord parse(std::string_view json);
    [[nodiscard]] std::string to_json() const;

    bool operator==(const UploadRecord&) const = default;
};

/// The right to continue one upload, held by one process at a time.
class UploadClaim {
  public:
    UploadClaim(const UploadClaim&) = delete;
    UploadClaim& operator=(const UploadClaim&) = delete;
    UploadClaim(UploadClaim&&) noexcept = default;
    UploadClaim& operator=(UploadClaim&&) = delete;

    /// Lets go of the upload; its record stays unless it was removed.
    ~UploadClaim();

    /// What an earlier process left; nothing when there is no record, or none that can be used.
    [[nodiscard]] std::optional<UploadRecord> read() const;

    /// Replaces the record in one step, readable by this user only. Errors: denied, io.
    void save(std::string_view location, std::uint64_t offset, std::uint64_t least_chunk) const;

    void remove() const noexcept;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    friend class UploadJournal;

    UploadClaim(std::filesystem::path path, UploadRecord identity, core::FileDescriptor lock)
        : path_(std::move(path)), identity_(std::move(identity)), lock_(std::move(lock)) {}

    std::filesystem::path path_;
    UploadRecord identity_;  // of which `location` and `offset` change
    core::FileDescriptor lock_;
};

class UploadJournal {
  public:
    /// With an empty `folder` nothing is ever kept.
    explicit UploadJournal(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// $XDG_STATE_HOME/modelseal/uploads, else ~/.local/state/modelseal/uploads; empty without
    /// either variable. Spec: XDG Base Directory Specification 0.8.
    [[nodiscard]] static std::filesystem::path default_folder(const core::Variables& variables);

    /// Claims the upload of `file` to the repository whose URL for uploads is `uploads`. Nothing
    /// when another process holds it or the folder cannot be written: the upload then goes on
    /// without a record. Records of eight days and more are removed: registries drop uploads after
    /// a week.
    [[nodiscard]] std::optional<UploadClaim> claim(std::string_view uploads,
                                                   const core::FileStamp& file);

    /// Keeps the record of a blob that is stored, until the manifest is: a process that is killed
    /// in between need not send the blob again.
    void keep_until_manifest(const UploadClaim& claim);

    /// Removes what keep_until_manifest() kept.
    void forget_stored() noexcept;

  private:
    [[nodiscard]] bool prepare_folder();

    std::filesystem::path folder_;
    std::mutex mutex_;  // guards what follows
    bool prepared_ = false;
    std::vector<std::filesystem::path> stored_;
};

}  // namespace modelseal::registry
