#include "common/commands/verify/termination_log.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::commands {

namespace {

void overwrite(const std::filesystem::path& path, std::string_view message) {
    const core::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) {
        const int error_number = errno;
        if (error_number == ENOENT || error_number == ENOTDIR) {
            return;
        }
        throw core::system_error(error_number, "opening the termination log");
    }

    struct stat status {};

    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        throw core::Error(core::ErrorKind::io, "the termination log is not a regular file");
    }
    if (::ftruncate(file.get(), 0) != 0) {
        throw core::system_error(errno, "emptying the termination log");
    }
    core::DescriptorSink(file.get(), path.string()).write(core::as_bytes(message));
}

}  // namespace

std::optional<std::string> write_termination_log(const std::filesystem::path& path,
                                                 std::string_view message) noexcept {
    try {
        overwrite(path, message);
    } catch (const core::Error& error) {
        return error.message();
    }
    return std::nullopt;
}

}  // namespace modelseal::commands
