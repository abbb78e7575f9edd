#include "common/core/files/named_output.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

namespace fs = std::filesystem;

constexpr int link_limit = 40;  // as the kernel's

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Links of procfs are the open files of processes; their text is only a description.
bool is_on_procfs(const fs::path& link) {
    struct statfs status {};

    return ::statfs(folder_of(link).c_str(), &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

fs::path target_of(const fs::path& link) {
    std::error_code error;
    const fs::path target = fs::read_symlink(link, error);
    if (error) {
        throw system_error(error.value(),
                           concat("reading the symbolic link ", in_quotes(link.string())));
    }
    return link.parent_path() / target;
}

/// The name under which a regular file is, or would be, once links are followed; nothing for what
/// is written through.
std::optional<fs::path> replaceable_name(fs::path path) {
    for (int links = 0; links < link_limit; ++links) {
        struct stat status {};

        if (::lstat(path.c_str(), &status) != 0) {
            if (const int error_number = errno; error_number != ENOENT) {
                throw system_error(error_number, concat("examining ", in_quotes(path.string())));
            }
            return path;
        }
        if (!S_ISLNK(status.st_mode)) {
            return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) ? std::optional(path)
                                                                      : std::nullopt;
        }
        if (is_on_procfs(path)) {
            return std::nullopt;
        }
        path = target_of(path);
    }
    throw system_error(ELOOP, concat("examining ", in_quotes(path.string())));
}

FileDescriptor open_through(const fs::path& path) {
    for (;;) {
        // O_APPEND: what a shell's ">>FILE" kept, /dev/stdout must not overwrite.
        FileDescriptor opened(::open(path.c_str(), O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC));
        if (opened) {
            return opened;
        }
        if (const int error_number = errno; error_number != EINTR) {
            throw system_error(error_number, concat("opening ", in_quotes(path.string())));
        }
        check_termination();
    }
}

/// Takes away what `mode` does not grant; the umask has taken away the rest.
void restrict_to(unsigned mode, const OutputFile& file) {
    struct stat status {};

    if (::fstat(file.descriptor(), &status) != 0 ||
        ::fchmod(file.descriptor(), status.st_mode & mode) != 0) {
        throw system_error(errno, concat("setting the permissions of ", in_quotes(file.name())));
    }
}

}  // namespace

NamedOutput::NamedOutput(const fs::path& path, unsigned mode) : name_(path.string()) {
    const auto replaceable = replaceable_name(path);
    if (!replaceable) {
        to_ = open_through(path);
        return;
    }
    restrict_to(mode, to_.emplace<OutputFile>(OutputFile::beside(*replaceable)));
}

void NamedOutput::write(std::span<const std::byte> bytes) {
    if (auto* file = std::get_if<OutputFile>(&to_)) {
        file->write(bytes);
    } else {
        DescriptorSink(std::get<FileDescriptor>(to_).get(), name_).write(bytes);
    }
}

void NamedOutput::commit() {
    if (auto* file = std::get_if<OutputFile>(&to_)) {
        file->commit();
    }
}

void write_output(const fs::path& path, std::string_view content, unsigned mode) {
    NamedOutput output(path, mode);
    output.write(as_bytes(content));
    output.commit();
}

void require_writable(const fs::path& path) {
    const auto replaceable = replaceable_name(path);
    // What is replaced needs an entry in its folder, what is written through its own permission.
    const fs::path needed = replaceable ? folder_of(*replaceable) : path;
    if (::faccessat(AT_FDCWD, needed.c_str(), replaceable ? W_OK | X_OK : W_OK, AT_EACCESS) != 0) {
        throw system_error(errno, concat("creating ", in_quotes(path.string())));
    }
    std::error_code ignored;
    if (replaceable && fs::is_directory(*replaceable, ignored)) {
        throw Error(ErrorKind::malformed, concat(in_quotes(path.string()), " is a folder"));
    }
}

}  // namespace modelseal::core
