#include "common/core/output_file.hpp"

#include "common/core/beneath.hpp"
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr std::string_view temporary_prefix = ".modelseal-";
constexpr std::string_view temporary_suffix = ".tmp";
constexpr std::size_t temporary_digits = 16;
constexpr int creation_attempts = 8;

/// How much is written before the disk is asked to begin: small files never are.
constexpr std::uint64_t write_behind_step = std::uint64_t{8} << 20U;

/// Whether `created` is still there under its name. Whoever removes what killed processes left
/// behind may come between the creation of a file and its lock.
bool is_linked(const FileDescriptor& created) {
    struct stat status {};

    return ::fstat(created.get(), &status) == 0 && status.st_nlink != 0;
}

struct Temporary {
    std::string name;
    FileDescriptor descriptor;
};

Temporary create_temporary(int parent, std::string_view shown_name) {
    for (int attempt = 0; attempt < creation_attempts; ++attempt) {
        std::string name = make_temporary_name();
        FileDescriptor created(::openat(
            parent, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!created) {
            throw system_error(errno, concat("creating ", in_quotes(shown_name)));
        }
        // Held until the file is closed, so that others can tell it from one that a killed process
        // left behind. A file system without locks merely cannot tell.
        const bool removed_meanwhile =
            ::flock(created.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!removed_meanwhile && is_linked(created)) {
            return {std::move(name), std::move(created)};
        }
    }
    throw Error(ErrorKind::io,
                concat("creating ", in_quotes(shown_name), ": its temporary file keeps vanishing"));
}

}  // namespace

bool is_temporary_name(std::string_view name) noexcept {
    if (name.size() != temporary_prefix.size() + temporary_digits + temporary_suffix.size() ||
        !name.starts_with(temporary_prefix) || !name.ends_with(temporary_suffix)) {
        return false;
    }
    const auto digits = name.substr(temporary_prefix.size(), temporary_digits);
    return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string make_temporary_name() {
    std::random_device random;
    const std::array<unsigned, 2> bits{random(), random()};
    return concat(temporary_prefix, to_hex(std::as_bytes(std::span(bits))), temporary_suffix);
}

OutputFile::OutputFile(std::shared_ptr<const FileDescriptor> parent,
                       std::string_view final_name,
                       std::string shown_name,
                       std::optional<std::uint64_t> size)
    : parent_(std::move(parent)),
      destination_(parent_),
      final_name_(final_name),
      shown_name_(std::move(shown_name)) {
    check_replaceable();
    Temporary temporary = create_temporary(parent_->get(), shown_name_);
    descriptor_ = std::move(temporary.descriptor);
    temporary_name_ = std::move(temporary.name);
    if (size) {
        try {
            reserve(*size);
        } catch (...) {
            remove_temporary();
            throw;
        }
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
    return {std::make_shared<const FileDescriptor>(std::move(opened)),
            path.filename().string(),
            path.string(),
            std::nullopt};
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : parent_(std::move(other.parent_)),
      destination_(std::move(other.destination_)),
      final_name_(std::move(other.final_name_)),
      shown_name_(std::move(other.shown_name_)),
      temporary_name_(std::exchange(other.temporary_name_, {})),
      descriptor_(std::move(other.descriptor_)),
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

void OutputFile::check_replaceable() const {
    struct stat status {};

    if (::fstatat(destination_->get(), final_name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        const int error_number = errno;
        if (error_number == ENOENT) {
            return;
        }
        throw system_error(error_number, concat("examining ", in_quotes(shown_name_)));
    }
    if (!S_ISREG(status.st_mode)) {
        const std::string_view kind = S_ISLNK(status.st_mode)   ? "a symbolic link"
                                      : S_ISDIR(status.st_mode) ? "a folder"
                                                                : "a special file";
        throw Error(
            ErrorKind::malformed,
            Reason::unsafe_path,
            concat(in_quotes(shown_name_), " is ", kind, " and not replaced; move it away first"));
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

void OutputFile::finish() {
    flush();
    descriptor_ = FileDescriptor();
}

File OutputFile::reopen() const {
    auto opened = open_beneath(parent_->get(), temporary_name_, O_RDONLY);
    if (!opened) {
        throw Error(ErrorKind::io,
                    concat("the temporary file of ", in_quotes(shown_name_), " has disappeared"));
    }
    return {std::move(*opened), shown_name_};
}

void OutputFile::commit() {
    flush();  // closed, and with it unlocked, only under its final name
    check_replaceable();
    if (::renameat(
            parent_->get(), temporary_name_.c_str(), destination_->get(), final_name_.c_str()) !=
        0) {
        throw system_error(errno, concat("replacing ", in_quotes(shown_name_)));
    }
    temporary_name_.clear();
    descriptor_ = FileDescriptor();
}

}  // namespace modelseal::core
