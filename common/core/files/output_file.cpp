#include "common/core/files/output_file.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

/// How much is written before the disk is asked to begin: small files never are.
constexpr std::uint64_t write_behind_step = std::uint64_t{8} << 20U;

Error disappeared(std::string_view shown_name) {
    return {ErrorKind::io,
            concat("the temporary file of ", in_quotes(shown_name), " has disappeared")};
}

bool is_on_fuse(const FileDescriptor& folder) noexcept {
    struct statfs status {};

    return ::fstatfs(folder.get(), &status) == 0 && status.f_type == FUSE_SUPER_MAGIC;
}

}  // namespace

OutputFile::OutputFile(std::shared_ptr<const FileDescriptor> parent,
                       std::string_view final_name,
                       std::string shown_name,
                       TemporaryFile temporary,
                       std::optional<std::uint64_t> size)
    : parent_(std::move(parent)),
      destination_(parent_),
      final_name_(final_name),
      shown_name_(std::move(shown_name)),
      temporary_name_(std::move(temporary.name)),
      descriptor_(std::move(temporary.descriptor)) {
    try {
        struct stat status {};

        if (::fstat(descriptor_.get(), &status) != 0) {
            throw system_error(errno, concat("examining ", in_quotes(shown_name_)));
        }
        device_ = status.st_dev;
        inode_ = status.st_ino;
        if (size) {
            reserve(*size);
        }
    } catch (...) {
        remove_temporary();
        throw;
    }
}

OutputFile OutputFile::beside(const std::filesystem::path& path) {
    if (!path.has_filename()) {
        throw Error(ErrorKind::malformed, concat(in_quotes(path.string()), " names a folder"));
    }
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    FileDescriptor opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened) {
        throw system_error(errno, concat("opening the folder ", in_quotes(folder.string())));
    }
    const std::string name = path.filename().string();
    check_replaceable(opened.get(), name, path.string());
    TemporaryFile temporary = create_temporary(opened.get(), path.string());
    return {std::make_shared<const FileDescriptor>(std::move(opened)),
            name,
            path.string(),
            std::move(temporary),
            std::nullopt};
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : parent_(std::move(other.parent_)),
      destination_(std::move(other.destination_)),
      final_name_(std::move(other.final_name_)),
      shown_name_(std::move(other.shown_name_)),
      temporary_name_(std::exchange(other.temporary_name_, {})),
      use_(std::move(other.use_)),
      descriptor_(std::move(other.descriptor_)),
      device_(other.device_),
      inode_(other.inode_),
      written_(other.written_),
      behind_(other.behind_) {}

OutputFile::~OutputFile() {
    remove_temporary();
}

void OutputFile::remove_temporary() noexcept {
    if (!temporary_name_.empty()) {
        ::unlinkat(parent_->get(), temporary_name_.c_str(), 0);
        temporary_name_.clear();
    }
}

void OutputFile::reserve(std::uint64_t size) const {
    if (size == 0) {
        return;
    }
    if (!std::in_range<off_t>(size)) {
        throw Error(ErrorKind::io,
                    Reason::limit_exceeded,
                    concat(in_quotes(shown_name_), " would be ", size, " bytes, too large a file"));
    }
    // The size stays that of what has been written: a file that ends early must look short.
    while (::fallocate(descriptor_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) != 0) {
        const int error_number = errno;
        if (error_number == EOPNOTSUPP || error_number == ENOSYS) {
            return;  // a full disk then shows when it is written to
        }
        if (error_number != EINTR) {
            throw system_error(
                error_number,
                concat("reserving ", human_size(size), " for ", in_quotes(shown_name_)));
        }
    }
}

void OutputFile::check_replaceable(int folder,
                                   const std::string& name,
                                   std::string_view shown_name) {
    struct stat status {};

    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        const int error_number = errno;
        if (error_number == ENOENT) {
            return;
        }
        throw system_error(error_number, concat("examining ", in_quotes(shown_name)));
    }
    if (!S_ISREG(status.st_mode)) {
        const std::string_view kind = S_ISLNK(status.st_mode)   ? "a symbolic link"
                                      : S_ISDIR(status.st_mode) ? "a folder"
                                                                : "a special file";
        throw Error(
            ErrorKind::malformed,
            Reason::unsafe_path,
            concat(in_quotes(shown_name), " is ", kind, " and not replaced; move it away first"));
    }
}

void OutputFile::write(std::span<const std::byte> bytes) {
    DescriptorSink(descriptor_.get(), shown_name_).write(bytes);
    written_ += bytes.size();
    if (written_ - behind_ >= write_behind_step) {
        write_behind(behind_, written_ - behind_);
        behind_ = written_;
    }
}

bool OutputFile::share_storage_of(const File& content) const {
    if (::ioctl(descriptor_.get(), FICLONE, content.descriptor()) != 0) {
        return false;
    }
    if (reopen().size() != content.size()) {
        throw Error(ErrorKind::io,
                    Reason::changed_while_read,
                    concat(in_quotes(content.name()), " was changed while it was read"));
    }
    return true;
}

std::uint64_t OutputFile::copy_from(const File& content,
                                    std::uint64_t offset,
                                    std::uint64_t length) const {
    for (;;) {
        auto from = static_cast<off_t>(offset);
        auto into = static_cast<off_t>(offset);
        const ssize_t count =
            ::copy_file_range(content.descriptor(), &from, descriptor_.get(), &into, length, 0);
        if (count >= 0) {
            return static_cast<std::uint64_t>(count);
        }
        const int error_number = errno;
        if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
            throw system_error(error_number, concat("writing ", in_quotes(shown_name_)));
        }
        if (error_number != EINTR) {
            return 0;  // other file systems, or an old kernel
        }
    }
}

void OutputFile::write_behind(std::uint64_t offset, std::uint64_t length) const noexcept {
    static_cast<void>(::sync_file_range(descriptor_.get(),
                                        static_cast<off64_t>(offset),
                                        static_cast<off64_t>(length),
                                        SYNC_FILE_RANGE_WRITE));
}

void OutputFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            throw system_error(errno, concat("writing ", in_quotes(shown_name_)));
        }
        offset += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void OutputFile::flush() const {
    if (descriptor_ && ::fsync(descriptor_.get()) != 0) {
        throw system_error(errno, concat("flushing ", in_quotes(shown_name_)));
    }
}

void OutputFile::sync() const {
    if (::fdatasync(descriptor_.get()) != 0) {
        throw system_error(errno, concat("flushing ", in_quotes(shown_name_)));
    }
}

void OutputFile::keep_partial() noexcept {
    if (is_partial_name(temporary_name_)) {
        temporary_name_.clear();
    }
}

void OutputFile::finish() {
    flush();
    descriptor_ = FileDescriptor();
}

File OutputFile::reopen() const {
    auto opened = open_beneath(parent_->get(), temporary_name_, O_RDONLY);
    if (!opened) {
        throw disappeared(shown_name_);
    }
    File file(std::move(*opened), shown_name_);
    require_own(file.stamp().device, file.stamp().inode);
    return file;
}

/// What was verified is what takes the final name: not whatever stands under the temporary one.
void OutputFile::require_own(std::uint64_t device, std::uint64_t inode) const {
    const bool is_same = device == device_ && inode == inode_;
    // A FUSE server may number a file anew once nobody has it open.
    if (!is_same && (descriptor_ || !is_on_fuse(*parent_))) {
        throw Error(
            ErrorKind::io,
            Reason::changed_while_read,
            concat("another file has taken the temporary name of ", in_quotes(shown_name_)));
    }
}

/// Two names of one file would be taken away from each other.
void OutputFile::require_distinct(std::set<std::pair<std::uint64_t, std::uint64_t>>& others) const {
    // The numbers of closed files mean little to a FUSE server.
    if (!others.emplace(device_, inode_).second && !is_on_fuse(*parent_)) {
        throw Error(ErrorKind::internal,
                    concat(in_quotes(shown_name_), " shares its temporary file with another"));
    }
}

/// All that commit() requires before it changes a name.
void OutputFile::check_ready() const {
    flush();  // closed, and with it unlocked, only under its final name

    struct stat status {};

    if (::fstatat(parent_->get(), temporary_name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        throw disappeared(shown_name_);
    }
    require_own(status.st_dev, status.st_ino);
    check_replaceable(destination_->get(), final_name_, shown_name_);
}

void OutputFile::commit() {
    check_ready();
    if (::renameat(
            parent_->get(), temporary_name_.c_str(), destination_->get(), final_name_.c_str()) !=
        0) {
        throw system_error(errno, concat("replacing ", in_quotes(shown_name_)));
    }
    temporary_name_.clear();
    use_.reset();
    descriptor_ = FileDescriptor();
}

}  // namespace modelseal::core
