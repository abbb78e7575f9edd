// A file that exists under its final name only when it is complete.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/stream.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace modelseal::core {

/// A file that takes its final name only when commit() is called. Until then its bytes stand under
/// a temporary name in the same folder, which the destructor removes.
class OutputFile final : public ByteSink {
  public:
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile() override;

    /// Starts a file for `path`, outside any OutputFolder: for outputs that the user names.
    /// Errors: not_found (no such folder), denied, io; malformed when anything but a regular file
    /// has the name.
    [[nodiscard]] static OutputFile beside(const std::filesystem::path& path);

    /// Appends. Errors: io (a full disk among them).
    void write(std::span<const std::byte> bytes) override;

    /// Writes at `offset`, for content that arrives out of order; safe from several threads when
    /// the ranges do not overlap. Errors: io.
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;

    /// Sets room on the disk aside, so that a disk that is too small fails now; for a file that was
    /// created without its size. Errors: io.
    void reserve(std::uint64_t size) const;

    /// Makes this empty file share the storage of `content` until either is changed. False where
    /// the file systems cannot; nothing has changed then.
    /// Errors: io (changed_while_read). Spec: ioctl_ficlone(2).
    [[nodiscard]] bool share_storage_of(const File& content) const;

    /// Has the kernel copy bytes of `content` to the same place in this file. Returns how many; 0
    /// when it cannot copy between these files, or content ends. Errors: io when the disk is full.
    [[nodiscard]] std::uint64_t copy_from(const File& content,
                                          std::uint64_t offset,
                                          std::uint64_t length) const;

    /// Has the kernel begin to write a range to the disk now, so that finish() has less to wait
    /// for. Only a hint.
    void write_behind(std::uint64_t offset, std::uint64_t length) const noexcept;

    /// Flushes to the disk what has been written so far; others may write meanwhile. Errors: io.
    void sync() const;

    /// Has the destructor leave the bytes where OutputFolder::open_partial() finds them again; no
    /// effect on files that it did not open.
    void keep_partial() noexcept;

    /// Flushes to the disk and closes the file, so that many can wait for their commit() at once.
    /// Nothing can be written afterwards, and only the writer's claim on the folder
    /// (OutputFolder::claim) still tells the file from an abandoned one. Errors: io.
    void finish();

    /// What has been written so far, for reading. Errors: io, also when another file has taken the
    /// temporary name.
    [[nodiscard]] File reopen() const;

    /// As finish(), then replaces the file of the final name in one step. Call it once,
    /// after the content has been verified. Errors: denied, io, also when another file has taken
    /// the temporary name; malformed (unsafe_path) when anything but a regular file has the final
    /// one.
    void commit();

    /// Open for reading and writing, until finish(); for system calls that move bytes without this
    /// process.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

    /// The final name, with the folder, for messages.
    [[nodiscard]] const std::string& name() const noexcept { return shown_name_; }

  private:
    friend class OutputFolder;  // the only one who knows that `parent` lies inside it
    friend class Replacement;
    OutputFile(std::shared_ptr<const FileDescriptor> parent,
               std::string_view final_name,
               std::string shown_name,
               TemporaryFile temporary,
               std::optional<std::uint64_t> size);
    static void check_replaceable(int folder, const std::string& name, std::string_view shown_name);
    void check_ready() const;
    void flush() const;
    void require_own(std::uint64_t device, std::uint64_t inode) const;
    void require_distinct(std::set<std::pair<std::uint64_t, std::uint64_t>>& others) const;
    void remove_temporary() noexcept;

    std::shared_ptr<const FileDescriptor> parent_;       // where the temporary file stands
    std::shared_ptr<const FileDescriptor> destination_;  // where the final one will stand
    std::string final_name_;
    std::string shown_name_;
    std::string temporary_name_;       // empty once there is nothing to remove
    std::shared_ptr<const void> use_;  // of the temporary name, when OutputFolder lends it
    FileDescriptor descriptor_;
    std::uint64_t device_ = 0;  // of the file that was opened, which may be closed by now
    std::uint64_t inode_ = 0;
    std::uint64_t written_ = 0;  // bytes appended by write()
    std::uint64_t behind_ = 0;   // of those, bytes given to write_behind()
};

}  // namespace modelseal::core
