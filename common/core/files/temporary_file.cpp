#include "common/core/files/temporary_file.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <span>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr std::string_view prefix = ".modelseal-";
constexpr std::string_view plain_suffix = ".tmp";
constexpr std::string_view partial_suffix = ".part";
constexpr std::string_view journal_suffix = ".journal";
constexpr std::string_view rescue_suffix = ".old";
constexpr std::size_t digits = 16;
constexpr int creation_attempts = 8;
constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

bool has_form(std::string_view name, std::string_view suffix) noexcept {
    if (name.size() != prefix.size() + digits + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix)) {
        return false;
    }
    return name.substr(prefix.size(), digits).find_first_not_of("0123456789abcdef") ==
           std::string_view::npos;
}

std::string random_digits() {
    std::random_device random;
    const std::array<unsigned, 2> bits{random(), random()};
    return to_hex(std::as_bytes(std::span(bits)));
}

bool is_locked_elsewhere(const FileDescriptor& file) {
    return ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// Whether an open file is still there under its name. Whoever removes what killed processes left
/// behind may come between the creation of a file and its lock.
bool is_linked(const FileDescriptor& file) {
    struct stat status {};

    return ::fstat(file.get(), &status) == 0 && status.st_nlink != 0;
}

FileDescriptor create_new(int folder, const std::string& name) {
    return FileDescriptor(
        ::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
}

FileDescriptor open_old(int folder, const std::string& name) {
    return FileDescriptor(
        ::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

bool is_ours_alone(const FileDescriptor& file, std::uint64_t size) {
    struct stat status {};

    return ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_uid == ::geteuid() && status.st_nlink == 1 &&
           (status.st_mode & writable_by_others) == 0 &&
           static_cast<std::uint64_t>(status.st_size) <= size;
}

}  // namespace

TemporaryFile create_temporary(int folder, std::string_view shown_name) {
    for (int attempt = 0; attempt < creation_attempts; ++attempt) {
        std::string name = make_temporary_name();
        FileDescriptor created = create_new(folder, name);
        if (!created) {
            throw system_error(errno, concat("creating ", in_quotes(shown_name)));
        }
        if (!is_locked_elsewhere(created) && is_linked(created)) {
            return {std::move(name), std::move(created)};
        }
    }
    throw Error(ErrorKind::io,
                concat("creating ", in_quotes(shown_name), ": its temporary file keeps vanishing"));
}

std::optional<TemporaryFile> take_up_partial(int folder, std::string_view id, std::uint64_t size) {
    std::string name = partial_name(id);
    FileDescriptor opened = open_old(folder, name);
    if (!opened || is_locked_elsewhere(opened) || !is_ours_alone(opened, size)) {
        return std::nullopt;
    }
    return TemporaryFile{std::move(name), std::move(opened)};
}

std::optional<TemporaryFile> create_partial(int folder,
                                            std::string_view id,
                                            std::string_view shown_name) {
    std::string name = partial_name(id);
    if (const FileDescriptor old = open_old(folder, name); old && is_locked_elsewhere(old)) {
        return std::nullopt;
    }
    if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT) {
        throw system_error(errno, concat("removing ", in_quotes(name)));
    }
    FileDescriptor created = create_new(folder, name);
    if (!created && errno == EEXIST) {
        return std::nullopt;  // another thread was faster
    }
    if (!created) {
        throw system_error(errno, concat("creating ", in_quotes(shown_name)));
    }
    if (is_locked_elsewhere(created) || !is_linked(created)) {
        return std::nullopt;
    }
    return TemporaryFile{std::move(name), std::move(created)};
}

std::string partial_name(std::string_view id) {
    return concat(prefix, id, partial_suffix);
}

std::string journal_name(std::string_view id) {
    return concat(prefix, id, journal_suffix);
}

bool is_temporary_name(std::string_view name) noexcept {
    return has_form(name, plain_suffix) || is_partial_name(name);
}

bool is_partial_name(std::string_view name) noexcept {
    return has_form(name, partial_suffix) || has_form(name, journal_suffix);
}

std::string make_temporary_name() {
    return concat(prefix, random_digits(), plain_suffix);
}

std::string make_rescue_name() {
    return concat(prefix, random_digits(), rescue_suffix);
}

}  // namespace modelseal::core
