#include "common/core/files/beneath.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr int always = O_CLOEXEC | O_NOFOLLOW;

Error symbolic_link(std::string_view path) {
    return {ErrorKind::malformed,
            Reason::unsafe_path,
            concat(in_quotes(path), " is, or lies behind, a symbolic link, which is not followed")};
}

/// The descriptor, nothing for a name that does not exist, an error for everything else.
std::optional<FileDescriptor> result(int number, int error_number, std::string_view path) {
    if (number >= 0) {
        return FileDescriptor(number);
    }
    if (error_number == ENOENT || error_number == ENOTDIR) {
        return std::nullopt;
    }
    if (error_number == ELOOP || error_number == EXDEV) {
        throw symbolic_link(path);
    }
    throw system_error(error_number, concat("opening ", in_quotes(path)));
}

int openat2_beneath(int folder, const std::string& path, int flags, unsigned mode) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags | always);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
}

bool is_symbolic_link(int folder, const std::string& name) {
    struct stat status {};

    return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISLNK(status.st_mode);
}

}  // namespace

void require_safe_path(std::string_view path) {
    if (const auto problem = why_unsafe_path(path)) {
        throw Error(ErrorKind::malformed,
                    Reason::unsafe_path,
                    concat("the file name ", in_quotes(path), " is refused: ", *problem));
    }
}

std::optional<FileDescriptor> open_beneath(int folder,
                                           std::string_view path,
                                           int flags,
                                           unsigned mode) {
    require_safe_path(path);
    const int number = openat2_beneath(folder, std::string(path), flags, mode);
    const int error_number = errno;
    // ENOSYS: Linux before 5.6, gVisor. EPERM: container runtimes that answer so for system calls
    // that their filter does not know. ENOTDIR: a link in a folder's place; the steps tell which.
    if (number < 0 &&
        (error_number == ENOSYS || error_number == EPERM || error_number == ENOTDIR)) {
        return open_beneath_by_steps(folder, path, flags, mode);
    }
    return result(number, error_number, path);
}

std::optional<FileDescriptor> open_beneath_by_steps(int folder,
                                                    std::string_view path,
                                                    int flags,
                                                    unsigned mode) {
    require_safe_path(path);
    const std::vector<std::string> components = split(path, '/');
    FileDescriptor parent;
    int from = folder;
    for (std::size_t i = 0; i + 1 < components.size(); ++i) {
        const int number = ::openat(from, components[i].c_str(), O_PATH | O_DIRECTORY | always);
        const int error_number = errno;
        // With O_DIRECTORY a link is reported as "not a directory", like a missing file.
        if (number < 0 && is_symbolic_link(from, components[i])) {
            throw symbolic_link(path);
        }
        auto opened = result(number, error_number, path);
        if (!opened) {
            return std::nullopt;
        }
        parent = std::move(*opened);
        from = parent.get();
    }
    const int number = ::openat(from, components.back().c_str(), flags | always, mode);
    const int error_number = errno;
    if (number < 0 && is_symbolic_link(from, components.back())) {
        throw symbolic_link(path);
    }
    return result(number, error_number, path);
}

void remove_beneath(int folder, std::string_view path, bool is_folder) {
    require_safe_path(path);
    std::optional<FileDescriptor> opened;
    int parent = folder;
    if (const std::string_view above = parent_of(path); !above.empty()) {
        opened = open_beneath(folder, above, O_PATH | O_DIRECTORY);
        if (!opened) {
            return;
        }
        parent = opened->get();
    }
    const std::string name(name_of(path));
    if (::unlinkat(parent, name.c_str(), is_folder ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT) {
        throw system_error(errno, concat("removing ", in_quotes(path)));
    }
}

std::string_view parent_of(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace modelseal::core
