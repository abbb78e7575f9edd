// The folder that a command writes into. Nothing is written outside it, nothing in it is replaced
// before its successor is complete, and what fails leaves nothing behind.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/core/files/output_file.hpp"
#include "common/core/termination.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::core {

/// A folder opened for writing. Its methods may be called from several threads.
class OutputFolder final : public Folder {
  public:
    /// Opens `path`, creating it and its parents when missing. A symbolic link is refused, because
    /// whoever can turn it later decides where the model goes. Folders that this object created
    /// are removed by its destructor when they are still empty.
    /// Errors: malformed (unsafe_path) for a symbolic link, or when `path` is no folder; denied,
    /// io.
    [[nodiscard]] static OutputFolder open_or_create(const std::filesystem::path& path);

    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;
    OutputFolder(OutputFolder&&) = delete;
    OutputFolder& operator=(OutputFolder&&) = delete;
    ~OutputFolder();

    /// Starts a file; missing folders on the way are created. With `size` the space is reserved
    /// now, so that a disk that is too small fails at once. The folder must outlive the file.
    /// Errors: malformed (unsafe_path) for an unsafe name, or a symbolic link, folder or special
    /// file in its place; denied, io.
    [[nodiscard]] OutputFile create_file(std::string_view path,
                                         std::optional<std::uint64_t> size = std::nullopt);

    /// As create_file(), for content of `size` bytes that is known by `id` (partial_name()): when
    /// this process is killed, or OutputFile::keep_partial() is called, a later one finds what it
    /// wrote. With `resume`, and only then, bytes of an earlier process may be in the file.
    /// Nothing when somebody else is writing the same content in the same place, or a file that
    /// this object opened for it is not committed yet.
    [[nodiscard]] std::optional<OutputFile> open_partial(std::string_view path,
                                                         std::string_view id,
                                                         std::uint64_t size,
                                                         bool resume);

    /// Commits a file that this folder created, under another name in it: for content that is
    /// named after what it turned out to be. `mode` are its permissions, whatever the umask.
    /// Errors: as create_file() and OutputFile::commit().
    void commit_as(OutputFile& file, std::string_view path, unsigned mode);

    /// Makes this object the folder's only writer that makes a claim, until its end, and does
    /// remove_leftovers(). Errors: unavailable when another process holds the claim; as
    /// open_existing().
    void claim(const std::set<std::string>& subfolders,
               const std::set<std::string, std::less<>>& kept_ids = {}) const;

    /// Removes what killed writers left behind in the folder itself and in `subfolders`, those that
    /// exist. Partial content stays when its id is among `kept_ids` and it has a journal.
    /// Errors: as open_existing().
    void remove_leftovers(const std::set<std::string>& subfolders,
                          const std::set<std::string, std::less<>>& kept_ids = {}) const;

    /// The bytes that this process may still write; nothing when the file system does not say.
    [[nodiscard]] std::optional<std::uint64_t> free_space() const;

    /// Removes a file; one that does not exist is fine. Errors: as create_file().
    void remove(std::string_view path);

  private:
    OutputFolder(FileDescriptor descriptor,
                 std::string shown_name,
                 std::vector<std::filesystem::path> created_on_the_way)
        : Folder(std::move(descriptor), std::move(shown_name)),
          created_on_the_way_(std::move(created_on_the_way)) {}

    using SharedDescriptor = std::shared_ptr<const FileDescriptor>;

    struct Destination {
        SharedDescriptor parent;
        std::string shown_name;
    };

    [[nodiscard]] Destination destination_for(std::string_view path);
    [[nodiscard]] SharedDescriptor parent_for(std::string_view path);
    [[nodiscard]] FileDescriptor open_or_make(std::string_view path);
    [[nodiscard]] FileDescriptor make_folder(int parent, std::string_view path);
    [[nodiscard]] std::shared_ptr<const void> begin_use(const std::string& partial);

    TerminationDeferral deferral_;  // what was created is removed again when the work is cut short
    std::vector<std::filesystem::path> created_on_the_way_;  // this folder and above, deepest first
    std::mutex mutex_;                                       // guards what follows
    std::vector<std::string> created_;  // folders below it, in the order of creation
    // One open descriptor per folder in which files wait for commit(), however many they are.
    std::map<std::string, std::weak_ptr<const FileDescriptor>, std::less<>> parents_;
    // Partial files, by their path, that are in use: a finished one is closed and has no lock.
    std::map<std::string, std::weak_ptr<const void>> in_use_;
};

}  // namespace modelseal::core
