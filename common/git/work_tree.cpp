#include "common/git/work_tree.hpp"

#include "common/core/text.hpp"

#include <string_view>

namespace modelseal::git {

namespace {

constexpr const char* comparing = "comparing the working tree with its commit";

/// A sparse checkout marks the files it leaves out in the index.
bool left_out(git_index* index, const char* path) {
    const git_index_entry* entry = git_index_get_bypath(index, path, 0);
    return entry != nullptr && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}

/// The commit that is checked out, or tracked files inside, differ.
bool submodule_changed(git_repository* repository, const char* path) {
    unsigned int status = 0;
    check(git_submodule_status(&status, repository, path, GIT_SUBMODULE_IGNORE_UNTRACKED),
          comparing);
    constexpr unsigned int changed = GIT_SUBMODULE_STATUS_WD_MODIFIED |
                                     GIT_SUBMODULE_STATUS_WD_INDEX_MODIFIED |
                                     GIT_SUBMODULE_STATUS_WD_WD_MODIFIED;
    return (status & changed) != 0;
}

bool is_change(git_repository* repository, git_index* index, const git_status_entry& entry) {
    if (entry.index_to_workdir == nullptr || entry.head_to_index != nullptr) {
        return true;  // staged
    }
    const git_diff_file& file = entry.index_to_workdir->old_file;
    if (entry.status == GIT_STATUS_WT_DELETED) {
        return !left_out(index, file.path);
    }
    return file.mode != GIT_FILEMODE_COMMIT || submodule_changed(repository, file.path);
}

/// libgit2's words for an index extension it does not know are all there is to tell it by.
void check_readable(int result) {
    if (result < 0 &&
        std::string_view(git_error_last()->message).find("'sdir'") != std::string_view::npos) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::unsupported,
                          core::concat(comparing,
                                       ": libgit2 cannot read its sparse index; run: "
                                       "git sparse-checkout reapply --no-sparse-index"));
    }
    check(result, comparing);
}

}  // namespace

bool has_tracked_changes(git_repository* repository) {
    if (git_repository_is_bare(repository) == 1) {
        return false;
    }
    git_status_options options = GIT_STATUS_OPTIONS_INIT;
    options.flags = 0;  // tracked files only
    StatusList statuses;
    check_readable(git_status_list_new(core::out(statuses), repository, &options));
    Index index;
    check(git_repository_index(core::out(index), repository), comparing);
    for (std::size_t i = 0; i < git_status_list_entrycount(statuses.get()); ++i) {
        if (is_change(repository, index.get(), *git_status_byindex(statuses.get(), i))) {
            return true;
        }
    }
    return false;
}

}  // namespace modelseal::git
