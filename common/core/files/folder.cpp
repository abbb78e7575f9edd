#include "common/core/files/folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/handle.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

using DirectoryStream = Handle<DIR, ::closedir>;

EntryKind kind_of(int folder, const dirent& entry, std::string_view path) {
    switch (entry.d_type) {
        case DT_REG:
            return EntryKind::file;
        case DT_DIR:
            return EntryKind::folder;
        case DT_LNK:
            return EntryKind::symbolic_link;
        case DT_UNKNOWN:
            break;  // some file systems leave it out of the listing
        default:
            return EntryKind::special;
    }

    struct stat status {};

    if (::fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        throw system_error(errno, concat("examining ", in_quotes(path)));
    }
    if (S_ISREG(status.st_mode)) {
        return EntryKind::file;
    }
    if (S_ISDIR(status.st_mode)) {
        return EntryKind::folder;
    }
    return S_ISLNK(status.st_mode) ? EntryKind::symbolic_link : EntryKind::special;
}

/// One walk over a folder; every folder is opened from its parent's descriptor, down to `deepest`.
class Walk {
  public:
    Walk(const std::string& root_name, std::size_t deepest)
        : root_name_(root_name), deepest_(deepest) {}

    /// Lists what `folder` holds; takes the descriptor over.
    void list(FileDescriptor folder, const std::string& prefix, std::size_t depth) {
        const DirectoryStream stream(::fdopendir(folder.get()));
        if (!stream) {
            throw system_error(errno, concat("listing ", in_quotes(prefix)));
        }
        static_cast<void>(folder.release());
        while (const dirent* entry = next(*stream, prefix)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") {
                add(::dirfd(stream.get()), *entry, prefix, depth);
            }
        }
    }

    [[nodiscard]] std::vector<FolderEntry> take_sorted() {
        std::sort(entries_.begin(), entries_.end());
        return std::move(entries_);
    }

  private:
    const dirent* next(DIR& stream, const std::string& prefix) const {
        errno = 0;
        const dirent* entry = ::readdir(&stream);
        if (entry == nullptr && errno != 0) {
            throw system_error(errno,
                               concat("listing ", in_quotes(concat(root_name_, "/", prefix))));
        }
        return entry;
    }

    void add(int folder, const dirent& entry, const std::string& prefix, std::size_t depth) {
        if (entries_.size() >= Folder::entry_limit) {
            throw Error(ErrorKind::malformed,
                        Reason::limit_exceeded,
                        concat(in_quotes(root_name_),
                               " holds more than ",
                               Folder::entry_limit,
                               " names; it is not a model folder"));
        }
        std::string path = concat(prefix, std::string_view(entry.d_name));
        const EntryKind kind = kind_of(folder, entry, path);
        entries_.push_back({path, kind});
        if (kind == EntryKind::folder && depth < deepest_) {
            descend(folder, entry.d_name, std::move(path), depth + 1);
        }
    }

    void descend(int parent, const char* name, std::string path, std::size_t depth) {
        if (depth > Folder::depth_limit) {
            throw Error(
                ErrorKind::malformed,
                Reason::limit_exceeded,
                concat(in_quotes(path), " lies deeper than ", Folder::depth_limit, " folders"));
        }
        FileDescriptor folder(
            ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder) {
            const int error_number = errno;
            if (error_number != EACCES && error_number != EPERM) {
                throw system_error(error_number, concat("opening ", in_quotes(path)));
            }
            entries_.back().kind = EntryKind::unreadable_folder;
            return;
        }
        list(std::move(folder), path + '/', depth);
    }

    const std::string& root_name_;
    std::size_t deepest_;
    std::vector<FolderEntry> entries_;
};

}  // namespace

Folder Folder::open(const std::filesystem::path& path) {
    FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor) {
        const int error_number = errno;
        if (error_number == ENOTDIR) {
            throw Error(ErrorKind::malformed, concat(in_quotes(path.string()), " is not a folder"));
        }
        throw system_error(error_number, concat("opening ", in_quotes(path.string())));
    }
    return {std::move(descriptor), path.string()};
}

std::optional<File> Folder::open_existing(std::string_view path) const {
    // O_NONBLOCK: a FIFO in the place of a file must not hang the opener.
    auto descriptor = with_context(concat("in ", in_quotes(name_)), [&] {
        return open_beneath(descriptor_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    });
    if (!descriptor) {
        return std::nullopt;
    }
    return File(std::move(*descriptor), (std::filesystem::path(name_) / path).string());
}

std::optional<Folder> Folder::open_folder(std::string_view path) const {
    auto descriptor = open_beneath(descriptor_.get(), path, O_RDONLY | O_DIRECTORY);
    if (!descriptor) {
        return std::nullopt;
    }
    return Folder(std::move(*descriptor), (std::filesystem::path(name_) / path).string());
}

std::optional<std::string> Folder::read_small(std::string_view path, std::uint64_t limit) const {
    const auto file = open_existing(path);
    if (!file) {
        return std::nullopt;
    }
    RangeSource source(*file);
    return with_context(concat("reading ", in_quotes(file->name())),
                        [&] { return read_all(source, limit); });
}

std::vector<FolderEntry> Folder::list() const {
    return list_to(std::numeric_limits<std::size_t>::max());
}

std::vector<FolderEntry> Folder::list_here() const {
    return list_to(0);
}

std::vector<FolderEntry> Folder::list_to(std::size_t deepest) const {
    FileDescriptor own(::openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own) {
        throw system_error(errno, concat("listing ", in_quotes(name_)));
    }
    Walk walk(name_, deepest);
    walk.list(std::move(own), "", 0);
    return walk.take_sorted();
}

}  // namespace modelseal::core
