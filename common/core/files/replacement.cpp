#include "common/core/files/replacement.hpp"

#include "common/core/error.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

/// A name in an open folder.
struct Place {
    int folder;
    const std::string& name;
};

bool rename(const Place& from, const Place& to, unsigned flags = 0) noexcept {
    return ::renameat2(from.folder, from.name.c_str(), to.folder, to.name.c_str(), flags) == 0;
}

/// What the kernel would refuse, as far as it can be asked. A folder whose files only their owner
/// may replace ("sticky") shows when it happens.
void check_permitted(const Place& place, std::string_view shown_name) {
    if (::faccessat(place.folder, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        throw system_error(errno, concat("replacing ", in_quotes(shown_name)));
    }

    struct statx status {};

    const bool is_there =
        ::statx(place.folder, place.name.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) == 0;
    if (is_there && (status.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0) {
        throw Error(ErrorKind::denied,
                    concat(in_quotes(shown_name),
                           " is marked as one that must not change (chattr); it is not replaced"));
    }
}

}  // namespace

Replacement::Replacement(std::span<OutputFile> files) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> distinct;
    for (const OutputFile& file : files) {
        file.check_ready();
        file.require_distinct(distinct);
        check_permitted({file.destination_->get(), file.final_name_}, file.shown_name_);
    }
    moved_.reserve(files.size());  // nothing may fail between a step and the note of it
    try {
        for (OutputFile& file : files) {
            moved_.push_back({&file, exchange(file)});
        }
    } catch (Error& error) {
        if (!put_back()) {
            error.add_context("not all old files could be put back");
        }
        throw;
    }
}

Replacement::~Replacement() {
    static_cast<void>(put_back());
}

/// Gives a file its final name; returns what the file is called that had it.
std::string Replacement::exchange(OutputFile& file) {
    const Place temporary{file.parent_->get(), file.temporary_name_};
    const Place final_place{file.destination_->get(), file.final_name_};
    if (rename(temporary, final_place, RENAME_EXCHANGE)) {
        return file.temporary_name_;
    }
    std::string aside;
    if (errno == EINVAL || errno == ENOSYS) {  // the file system cannot exchange names
        aside = make_temporary_name();
        if (!rename(final_place, {temporary.folder, aside})) {
            aside.clear();
        }
    }
    if (aside.empty() && errno != ENOENT) {
        throw system_error(errno, concat("replacing ", in_quotes(file.shown_name_)));
    }
    if (!rename(temporary, final_place)) {
        const int error_number = errno;
        if (!aside.empty()) {
            static_cast<void>(rename({temporary.folder, aside}, final_place));
        }
        throw system_error(error_number, concat("replacing ", in_quotes(file.shown_name_)));
    }
    return aside;
}

bool Replacement::put_back() noexcept {
    bool is_complete = true;
    for (; !moved_.empty(); moved_.pop_back()) {
        const auto& [file, old] = moved_.back();
        const Place temporary{file->parent_->get(), file->temporary_name_};
        const Place final_place{file->destination_->get(), file->final_name_};
        if (old == file->temporary_name_) {
            is_complete = rename(temporary, final_place, RENAME_EXCHANGE) && is_complete;
            continue;
        }
        is_complete = rename(final_place, temporary) && is_complete;
        if (!old.empty()) {
            is_complete = rename({temporary.folder, old}, final_place) && is_complete;
        }
    }
    return is_complete;
}

void Replacement::keep() noexcept {
    for (const auto& [file, old] : moved_) {
        if (!old.empty()) {
            ::unlinkat(file->parent_->get(), old.c_str(), 0);
        }
        file->temporary_name_.clear();
        file->use_.reset();
        file->descriptor_ = FileDescriptor();
    }
    moved_.clear();
}

}  // namespace modelseal::core
