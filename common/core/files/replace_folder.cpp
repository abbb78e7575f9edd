#include "common/core/files/replace_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

/// Removes a folder with all it holds. Quiet: this is clean-up after the work is done or lost.
void remove_tree(const Folder& parent, const std::string& name) noexcept {
    try {
        if (const auto folder = parent.open_folder(name)) {
            const std::vector<FolderEntry> entries = folder->list();
            // Sorted by bytes, a folder comes before what it holds.
            for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
                remove_beneath(folder->descriptor(),
                               entry->path,
                               entry->kind == EntryKind::folder ||
                                   entry->kind == EntryKind::unreadable_folder);
            }
        }
        remove_beneath(parent.descriptor(), name, true);
    } catch (const std::exception&) {
        return;
    }
}

/// A new folder under a temporary name; whatever has that name at the end is removed.
class StagedFolder {
  public:
    explicit StagedFolder(const Folder& parent) : parent_(parent), name_(make_temporary_name()) {
        if (::mkdirat(parent.descriptor(), name_.c_str(), 0755) != 0) {
            throw system_error(errno, concat("creating a folder in ", in_quotes(parent.name())));
        }
        folder_ = parent.open_folder(name_);
        if (!folder_) {
            throw Error(ErrorKind::io,
                        concat("a folder just created in ", in_quotes(parent.name()), " is gone"));
        }
        // Tells others that this folder is no stale one; see OutputFile.
        static_cast<void>(::flock(folder_->descriptor(), LOCK_EX | LOCK_NB));
    }

    StagedFolder(const StagedFolder&) = delete;
    StagedFolder& operator=(const StagedFolder&) = delete;
    StagedFolder(StagedFolder&&) = delete;
    StagedFolder& operator=(StagedFolder&&) = delete;

    ~StagedFolder() { remove_tree(parent_, name_); }

    void add(const SmallFile& file) const {
        require_safe_path(file.name);
        const auto opened =
            open_beneath(folder_->descriptor(), file.name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        if (!opened) {
            throw Error(ErrorKind::malformed,
                        Reason::unsafe_path,
                        concat(in_quotes(file.name), " is not a plain file name"));
        }
        DescriptorSink(opened->get(), concat(parent_.name(), '/', file.name))
            .write(as_bytes(file.content));
        if (::fsync(opened->get()) != 0) {
            throw system_error(
                errno,
                concat("flushing ", in_quotes(file.name), " in ", in_quotes(parent_.name())));
        }
    }

    void exchange_with(const std::string& name) const {
        const int parent = parent_.descriptor();
        if (::renameat(parent, name_.c_str(), parent, name.c_str()) == 0) {
            return;  // there was none, or an empty one
        }
        if (::renameat2(parent, name_.c_str(), parent, name.c_str(), RENAME_EXCHANGE) == 0) {
            return;
        }
        if (const int error_number = errno; error_number != EINVAL && error_number != ENOSYS) {
            throw system_error(
                error_number,
                concat("replacing ", in_quotes(name), " in ", in_quotes(parent_.name())));
        }
        replace_in_two_steps(name);
    }

  private:
    /// For file systems that cannot exchange names: between the steps nothing has the name.
    void replace_in_two_steps(const std::string& name) const {
        const int parent = parent_.descriptor();
        const std::string aside = make_temporary_name();
        const std::string doing =
            concat("replacing ", in_quotes(name), " in ", in_quotes(parent_.name()));
        if (::renameat(parent, name.c_str(), parent, aside.c_str()) != 0) {
            throw system_error(errno, doing);
        }
        if (::renameat(parent, name_.c_str(), parent, name.c_str()) != 0) {
            const int error_number = errno;
            static_cast<void>(::renameat(parent, aside.c_str(), parent, name.c_str()));
            throw system_error(error_number, doing);
        }
        remove_tree(parent_, aside);
    }

    const Folder& parent_;
    std::string name_;
    std::optional<Folder> folder_;
};

/// Takes the lock that the creator of a temporary file or folder holds; nothing when it still does.
std::optional<FileDescriptor> lock_abandoned(const Folder& folder, const FolderEntry& entry) {
    auto opened = open_beneath(folder.descriptor(), entry.path, O_RDONLY | O_NONBLOCK);
    if (opened && ::flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
        opened.reset();
    }
    return opened;
}

/// The names that stay for the sake of `ids`: of each, both files or none.
std::set<std::string, std::less<>> names_to_keep(const std::vector<FolderEntry>& entries,
                                                 const std::set<std::string, std::less<>>& ids) {
    const auto has_file = [&](const std::string& name) {
        return std::binary_search(
            entries.begin(), entries.end(), FolderEntry{name, EntryKind::file});
    };
    std::set<std::string, std::less<>> kept;
    for (const std::string& id : ids) {
        if (has_file(partial_name(id)) && has_file(journal_name(id))) {
            kept.insert(partial_name(id));
            kept.insert(journal_name(id));
        }
    }
    return kept;
}

}  // namespace

void replace_folder(const Folder& parent,
                    std::string_view name,
                    const std::vector<SmallFile>& files) {
    require_safe_path(name);
    const std::string final_name(name);

    struct stat status {};

    if (::fstatat(parent.descriptor(), final_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(status.st_mode)) {
        throw Error(ErrorKind::malformed,
                    Reason::unsafe_path,
                    concat(in_quotes(name),
                           " in ",
                           in_quotes(parent.name()),
                           " is not a folder; move it away first"));
    }
    const StagedFolder staged(parent);
    for (const SmallFile& file : files) {
        staged.add(file);
    }
    staged.exchange_with(final_name);
}

void remove_folder(const Folder& parent, std::string_view name) {
    require_safe_path(name);
    const std::string aside = make_temporary_name();
    const int number = parent.descriptor();
    if (::renameat(number, std::string(name).c_str(), number, aside.c_str()) != 0) {
        if (const int error_number = errno; error_number != ENOENT) {
            throw system_error(
                error_number,
                concat("removing ", in_quotes(name), " in ", in_quotes(parent.name())));
        }
        return;
    }
    remove_tree(parent, aside);
}

void remove_stale_temporaries(const Folder& folder,
                              const std::set<std::string, std::less<>>& kept_ids) {
    const std::vector<FolderEntry> entries = folder.list_here();
    const auto kept = names_to_keep(entries, kept_ids);
    for (const FolderEntry& entry : entries) {
        if (!is_temporary_name(entry.path) || kept.contains(entry.path)) {
            continue;
        }
        const bool is_link = entry.kind == EntryKind::symbolic_link;  // nobody's work
        const auto locked = is_link ? std::nullopt : lock_abandoned(folder, entry);
        if (!is_link && !locked) {
            continue;
        }
        if (entry.kind == EntryKind::folder) {
            remove_tree(folder, entry.path);
        } else {
            remove_beneath(folder.descriptor(), entry.path);
        }
    }
}

}  // namespace modelseal::core
