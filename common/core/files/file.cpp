#include "common/core/files/file.hpp"

#include "common/core/error.hpp"
#include "common/core/files/folder.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr std::uint64_t stat_block_size = 512;  // of st_blocks, whatever the file system's is

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// Whether the UTF-8 text has a character that shows as nothing, or that reorders what people see:
/// two names that look alike are two files. Spec: Unicode 15, Bidi_Control, and those of width 0.
bool has_hidden_character(std::string_view text) {
    // The bytes before the last one, and the range of that.
    constexpr std::array<std::tuple<std::string_view, unsigned char, unsigned char>, 6> hidden{
        {{"\xD8", 0x9C, 0x9C},        // U+061C
         {"\xE2\x80", 0x8B, 0x8F},    // U+200B to U+200F
         {"\xE2\x80", 0xAA, 0xAE},    // U+202A to U+202E
         {"\xE2\x81", 0xA0, 0xA4},    // U+2060 to U+2064
         {"\xE2\x81", 0xA6, 0xA9},    // U+2066 to U+2069
         {"\xEF\xBB", 0xBF, 0xBF}}};  // U+FEFF
    return std::any_of(hidden.begin(), hidden.end(), [&](const auto& range) {
        const auto& [lead, first, last] = range;
        for (std::size_t at = text.find(lead); at != std::string_view::npos;
             at = text.find(lead, at + 1)) {
            const std::size_t end = at + lead.size();
            const auto byte = static_cast<unsigned char>(end < text.size() ? text[end] : 0);
            if (byte >= first && byte <= last) {
                return true;
            }
        }
        return false;
    });
}

FileStamp stamp_of(int descriptor, const std::string& name) {
    struct stat status {};

    if (::fstat(descriptor, &status) != 0) {
        throw system_error(errno, concat("examining ", in_quotes(name)));
    }
    if (!S_ISREG(status.st_mode)) {
        throw Error(ErrorKind::malformed,
                    Reason::unsafe_path,
                    concat(in_quotes(name), " is not a regular file"));
    }
    return {status.st_dev,
            status.st_ino,
            static_cast<std::uint64_t>(status.st_size),
            nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim)};
}

}  // namespace

File File::open(const std::filesystem::path& path, bool follow_links) {
    const int flags =
        O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow_links ? 0 : O_NOFOLLOW);
    FileDescriptor descriptor(::open(path.c_str(), flags));
    if (!descriptor) {
        const int error_number = errno;
        if (error_number == ELOOP && !follow_links) {
            throw Error(ErrorKind::malformed,
                        Reason::unsafe_path,
                        concat(in_quotes(path.string()), " is a symbolic link"));
        }
        throw system_error(error_number, concat("opening ", in_quotes(path.string())));
    }
    return {std::move(descriptor), path.string()};
}

File::File(FileDescriptor descriptor, std::string shown_name)
    : descriptor_(std::move(descriptor)),
      name_(std::move(shown_name)),
      stamp_(stamp_of(descriptor_.get(), name_)) {}

std::uint64_t File::allocated_size() const {
    struct stat status {};

    if (::fstat(descriptor_.get(), &status) != 0) {
        throw system_error(errno, concat("examining ", in_quotes(name_)));
    }
    return static_cast<std::uint64_t>(status.st_blocks) * stat_block_size;
}

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const ssize_t count = ::pread(descriptor_.get(),
                                      buffer.data() + filled,
                                      buffer.size() - filled,
                                      static_cast<off_t>(offset + filled));
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            throw system_error(errno, concat("reading ", in_quotes(name_)));
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

void File::expect_one_pass() const noexcept {
    static_cast<void>(::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
}

void File::check_unchanged() const {
    if (stamp_of(descriptor_.get(), name_) != stamp_) {
        throw Error(ErrorKind::io,
                    Reason::changed_while_read,
                    concat(in_quotes(name_),
                           " changed while it was read; let its writer finish, then try again"));
    }
    std::array<std::byte, 1> beyond{};
    if (read_at(stamp_.size, beyond) != 0) {
        throw Error(ErrorKind::io,
                    Reason::changed_while_read,
                    concat(in_quotes(name_),
                           " has more bytes than the ",
                           stamp_.size,
                           " that its file system states; copy it to another one"));
    }
}

void DescriptorSink::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0) {
            if (const int error_number = errno; error_number != EINTR) {
                throw system_error(error_number, concat("writing ", in_quotes(name_)));
            }
            check_termination();  // the reader of a FIFO may never come back
            continue;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

std::string read_small_file(const std::filesystem::path& path, std::uint64_t limit) {
    const File file = File::open(path);
    RangeSource source(file);
    return with_context(concat("reading ", in_quotes(path.string())),
                        [&] { return read_all(source, limit); });
}

std::optional<std::string> why_unsafe_path(std::string_view path) {
    constexpr std::size_t longest_component = 255;
    constexpr std::size_t longest_path = 4096;
    constexpr std::size_t most_components = Folder::depth_limit + 1;  // what can be listed again
    if (path.empty()) {
        return "it is empty";
    }
    if (path.size() > longest_path) {
        return concat("it is longer than ", longest_path, " bytes");
    }
    if (path.front() == '/') {
        return "it is absolute";
    }
    if (!is_utf8(path)) {
        return "it is not UTF-8";
    }
    if (std::any_of(path.begin(), path.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        })) {
        return "it contains a control character";
    }
    if (has_hidden_character(path)) {
        return "it contains a character that is not seen, or that turns the writing around";
    }
    if (path.find('\\') != std::string_view::npos) {
        return "it contains a backslash";
    }
    const std::vector<std::string> components = split(path, '/');
    if (components.size() > most_components) {
        return concat("it lies deeper than ", Folder::depth_limit, " folders");
    }
    for (const std::string& component : components) {
        if (component.empty()) {
            return "it has an empty component";
        }
        if (component == "." || component == "..") {
            return concat("it has a ", in_quotes(component), " component");
        }
        if (component.size() > longest_component) {
            return concat("a component is longer than ", longest_component, " bytes");
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::core
