// A folder held open by descriptor: what is listed and what is read is the same folder, whatever
// happens to its path meanwhile.
#pragma once

#include "common/core/files/file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::core {

enum class EntryKind {
    file,
    folder,
    unreadable_folder,  // a folder that this process may not list
    symbolic_link,
    special,  // a FIFO, socket or device
};

/// One name in a folder. `path` is relative to it, '/'-separated, in the bytes of the file system.
struct FolderEntry {
    std::string path;
    EntryKind kind;
    auto operator<=>(const FolderEntry&) const = default;
};

/// An open folder. Names given to it are checked by why_unsafe_path() and resolved beneath it,
/// through no symbolic link.
class Folder {
  public:
    /// Opens for reading. `path` itself may be a symbolic link: it is resolved once, here.
    /// Errors: not_found, denied, io; malformed when it is not a folder.
    [[nodiscard]] static Folder open(const std::filesystem::path& path);

    /// The path as it was given, for messages.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

    /// Nothing when there is no such file. Errors: malformed (unsafe_path) for an unsafe name, a
    /// symbolic link on the way, or anything but a regular file; denied, io.
    [[nodiscard]] std::optional<File> open_existing(std::string_view path) const;

    /// A folder in it, nothing when there is none. Errors: as open_existing().
    [[nodiscard]] std::optional<Folder> open_folder(std::string_view path) const;

    /// The whole of a small file, nothing when there is none. Errors: as open_existing();
    /// malformed (limit_exceeded) past `limit` bytes.
    [[nodiscard]] std::optional<std::string> read_small(std::string_view path,
                                                        std::uint64_t limit) const;

    /// Everything below the folder at any depth, byte-sorted by path. Symbolic links are listed,
    /// not followed. Errors: malformed (limit_exceeded) past `entry_limit` names or a depth of
    /// 64, denied, io.
    [[nodiscard]] std::vector<FolderEntry> list() const;

    /// The same for the names in the folder itself only.
    [[nodiscard]] std::vector<FolderEntry> list_here() const;

    static constexpr std::size_t entry_limit = 1'000'000;
    static constexpr std::size_t depth_limit = 64;

  protected:
    Folder(FileDescriptor descriptor, std::string shown_name)
        : descriptor_(std::move(descriptor)), name_(std::move(shown_name)) {}

  private:
    [[nodiscard]] std::vector<FolderEntry> list_to(std::size_t deepest) const;

    FileDescriptor descriptor_;
    std::string name_;
};

}  // namespace modelseal::core
