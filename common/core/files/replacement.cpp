#include "common/core/files/replacement.hpp"

#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <filesystem>
#include <set>
#include <utility>

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

/// The file system does not know the flags of renameat2().
bool is_unsupported(int error_number) noexcept {
    return error_number == EINVAL || error_number == ENOSYS;
}

/// Replaces nothing, where the file system can tell.
bool rename_to_free(const Place& from, const Place& to) noexcept {
    return rename(from, to, RENAME_NOREPLACE) || (is_unsupported(errno) && rename(from, to));
}

/// Has an old file that cannot get its name back stay, whatever is removed afterwards. Returns a
/// note that says where it is.
std::string rescue(const Place& old, std::string_view shown_name) {
    const std::string name = make_rescue_name();
    const bool is_renamed = rename_to_free(old, {old.folder, name});
    const auto folder = std::filesystem::path(shown_name).parent_path();
    return concat("the old ",
                  in_quotes(shown_name),
                  " could not be put back, it is now ",
                  in_quotes((folder / (is_renamed ? name : old.name)).string()));
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
        put_back_after(error);
        throw;
    } catch (...) {
        static_cast<void>(put_back());
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
    const std::string doing = concat("replacing ", in_quotes(file.shown_name_));
    std::string old = file.temporary_name_;  // here: nothing may fail once it has moved
    if (rename(temporary, final_place, RENAME_EXCHANGE)) {
        return old;
    }
    int error_number = errno;
    old.clear();
    if (is_unsupported(error_number)) {  // the file system cannot exchange names
        old = make_temporary_name();
        error_number = 0;
        if (!rename(final_place, {temporary.folder, old})) {
            error_number = errno;
            old.clear();
        }
    }
    if (old.empty() && error_number != ENOENT) {
        throw system_error(error_number, doing);
    }
    if (rename_to_free(temporary, final_place)) {
        return old;
    }
    Error error = system_error(errno, doing);
    if (!old.empty() && !rename_to_free({temporary.folder, old}, final_place)) {
        error.add_context(rescue({temporary.folder, old}, file.shown_name_));
    }
    throw error;
}

/// Returns a note about what is not as it was before; empty when all is.
std::string Replacement::put_back_one(const Moved& moved) {
    OutputFile& file = *moved.file;
    const Place temporary{file.parent_->get(), file.temporary_name_};
    const Place final_place{file.destination_->get(), file.final_name_};
    if (moved.old == file.temporary_name_) {
        if (rename(temporary, final_place, RENAME_EXCHANGE)) {
            return {};
        }
        file.temporary_name_.clear();  // the old file has it: it must not be removed
        return rescue({temporary.folder, moved.old}, file.shown_name_);
    }
    const bool is_moved = rename_to_free(final_place, temporary);
    if (!moved.old.empty()) {
        const Place old{temporary.folder, moved.old};
        return is_moved && rename_to_free(old, final_place) ? std::string()
                                                            : rescue(old, file.shown_name_);
    }
    return is_moved ? std::string()
                    : concat("the new ", in_quotes(file.shown_name_), " could not be removed");
}

std::string Replacement::put_back() noexcept {
    std::string notes;
    for (; !moved_.empty(); moved_.pop_back()) {
        try {
            const std::string note = put_back_one(moved_.back());
            notes += notes.empty() || note.empty() ? note : concat("; ", note);
        } catch (const std::exception&) {
            continue;  // no memory to tell of it
        }
    }
    return notes;
}

void Replacement::put_back_after(Error& error) {
    if (const std::string notes = put_back(); !notes.empty()) {
        error.add_context(notes);
    }
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
