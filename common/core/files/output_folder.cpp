#include "common/core/files/output_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/replace_folder.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

namespace fs = std::filesystem;

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/// "model/" and "model/." name what a link "model" points to; without the tail the link itself
/// shows.
fs::path without_trailing_separators(fs::path path) {
    while (path.has_relative_path() && (!path.has_filename() || path.filename() == ".")) {
        path = path.parent_path();
    }
    return path.empty() ? fs::path(".") : path;
}

/// Creates what is missing of `path`; returns what was created, deepest first.
std::vector<fs::path> create_missing_folders(const fs::path& path) {
    std::vector<fs::path> created;
    std::error_code ignored;
    for (fs::path missing = fs::absolute(path, ignored);
         missing.has_relative_path() && !fs::exists(fs::symlink_status(missing, ignored));
         missing = missing.parent_path()) {
        created.push_back(missing);
    }
    for (auto folder = created.rbegin(); folder != created.rend(); ++folder) {
        if (::mkdir(folder->c_str(), 0755) != 0 && errno != EEXIST) {
            throw system_error(errno, concat("creating the folder ", in_quotes(folder->string())));
        }
    }
    return created;
}

void require_no_link(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_symlink(fs::symlink_status(path, ignored))) {
        throw Error(ErrorKind::malformed,
                    Reason::unsafe_path,
                    concat("the output folder ",
                           in_quotes(path.string()),
                           " is a symbolic link: whoever can change the link decides where the "
                           "files go; name the folder that it points to"));
    }
}

/// A second descriptor for `folder`. Errors: io.
FileDescriptor duplicate(int folder) {
    FileDescriptor copy(::fcntl(folder, F_DUPFD_CLOEXEC, 0));
    if (!copy) {
        throw system_error(errno, "duplicating a file descriptor");
    }
    return copy;
}

}  // namespace

OutputFolder OutputFolder::open_or_create(const fs::path& path) {
    const fs::path folder = without_trailing_separators(path);
    require_no_link(folder);
    std::vector<fs::path> created = create_missing_folders(folder);
    FileDescriptor descriptor(::open(folder.c_str(), folder_flags | O_NOFOLLOW));
    if (!descriptor) {
        const int error_number = errno;
        require_no_link(folder);
        if (error_number == ENOTDIR) {
            throw Error(ErrorKind::malformed,
                        Reason::unsafe_path,
                        concat(in_quotes(folder.string()), " is not a folder"));
        }
        throw system_error(error_number, concat("opening ", in_quotes(folder.string())));
    }
    return {std::move(descriptor), folder.string(), std::move(created)};
}

OutputFolder::~OutputFolder() {
    // Only empty folders can be removed this way: everything that was committed stays.
    for (auto path = created_.rbegin(); path != created_.rend(); ++path) {
        try {
            remove_beneath(descriptor(), *path, true);
        } catch (const Error&) {
            continue;  // it is in use, or something else stands in its place: it stays
        }
    }
    for (const fs::path& path : created_on_the_way_) {
        ::rmdir(path.c_str());
    }
}

OutputFile OutputFolder::create_file(std::string_view path, std::optional<std::uint64_t> size) {
    const Destination to = destination_for(path);
    return {to.parent,
            name_of(path),
            to.shown_name,
            create_temporary(to.parent->get(), to.shown_name),
            size};
}

std::optional<OutputFile> OutputFolder::open_partial(std::string_view path,
                                                     std::string_view id,
                                                     std::uint64_t size,
                                                     bool resume) {
    const Destination to = destination_for(path);
    auto use = begin_use(concat(parent_of(path), '/', partial_name(id)));
    if (!use) {
        return std::nullopt;
    }
    auto temporary = resume ? take_up_partial(to.parent->get(), id, size) : std::nullopt;
    if (!temporary) {
        temporary = create_partial(to.parent->get(), id, to.shown_name);
    }
    if (!temporary) {
        return std::nullopt;
    }
    OutputFile file(to.parent, name_of(path), to.shown_name, std::move(*temporary), size);
    file.use_ = std::move(use);
    return file;
}

/// Nothing while an earlier result for the same path exists.
std::shared_ptr<const void> OutputFolder::begin_use(const std::string& partial) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const void>& in_use = in_use_[partial];
    if (!in_use.expired()) {
        return nullptr;
    }
    const auto use = std::make_shared<const char>();
    in_use = use;
    return use;
}

OutputFolder::Destination OutputFolder::destination_for(std::string_view path) {
    require_safe_path(path);
    Destination to{parent_for(path), (fs::path(name()) / path).string()};
    OutputFile::check_replaceable(to.parent->get(), std::string(name_of(path)), to.shown_name);
    return to;
}

void OutputFolder::claim(const std::set<std::string>& subfolders,
                         const std::set<std::string, std::less<>>& kept_ids) const {
    // A file system without locks merely cannot tell.
    if (::flock(descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        throw Error(ErrorKind::unavailable,
                    concat("another process is writing into ",
                           in_quotes(name()),
                           "; run again when it has ended"));
    }
    remove_leftovers(subfolders, kept_ids);
}

void OutputFolder::remove_leftovers(const std::set<std::string>& subfolders,
                                    const std::set<std::string, std::less<>>& kept_ids) const {
    remove_stale_temporaries(*this, kept_ids);
    for (const std::string& path : subfolders) {
        if (const auto folder = open_folder(path)) {
            remove_stale_temporaries(*folder, kept_ids);
        }
    }
}

std::optional<std::uint64_t> OutputFolder::free_space() const {
    struct statvfs status {};

    if (::fstatvfs(descriptor(), &status) != 0 || status.f_blocks == 0 ||
        status.f_bavail > std::numeric_limits<std::uint64_t>::max() / status.f_frsize) {
        return std::nullopt;
    }
    return status.f_bavail * status.f_frsize;
}

void OutputFolder::commit_as(OutputFile& file, std::string_view path, unsigned mode) {
    require_safe_path(path);
    const File finished = file.reopen();  // its own descriptor may be closed
    if (::fchmod(finished.descriptor(), mode) != 0) {
        throw system_error(errno, concat("setting the permissions of ", in_quotes(file.name())));
    }
    file.destination_ = parent_for(path);
    file.final_name_ = name_of(path);
    file.commit();
}

OutputFolder::SharedDescriptor OutputFolder::parent_for(std::string_view path) {
    const std::string_view parent = parent_of(path);
    const std::lock_guard lock(mutex_);
    if (const auto known = parents_.find(parent); known != parents_.end()) {
        if (auto in_use = known->second.lock()) {
            return in_use;
        }
    }
    auto opened = std::make_shared<const FileDescriptor>(open_or_make(parent));
    parents_.insert_or_assign(std::string(parent), opened);
    return opened;
}

FileDescriptor OutputFolder::open_or_make(std::string_view path) {
    if (path.empty()) {
        return duplicate(descriptor());
    }
    if (auto existing = open_beneath(descriptor(), path, folder_flags)) {
        return std::move(*existing);
    }
    const FileDescriptor above = open_or_make(parent_of(path));
    return make_folder(above.get(), path);
}

FileDescriptor OutputFolder::make_folder(int parent, std::string_view path) {
    const std::string name(name_of(path));
    const std::string doing = concat("creating the folder ", in_quotes(path));
    if (::mkdirat(parent, name.c_str(), 0755) == 0) {
        created_.emplace_back(path);
    } else if (const int error_number = errno; error_number != EEXIST) {
        throw system_error(error_number, doing);
    }
    auto made = open_beneath(parent, name, folder_flags);
    if (!made) {
        throw Error(
            ErrorKind::malformed,
            Reason::unsafe_path,
            concat(doing, ": something that is no folder stands there; move it away first"));
    }
    return std::move(*made);
}

void OutputFolder::remove(std::string_view path) {
    remove_beneath(descriptor(), path);
}

}  // namespace modelseal::core
