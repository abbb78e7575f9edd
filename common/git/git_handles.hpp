// libgit2, which is loaded at the first call of a function, and its objects as owning handles; for
// the .cpp files of this folder only.
#pragma once

#include "common/core/error.hpp"
#include "common/core/handle.hpp"
#include "common/core/late_library.hpp"

#include <string>
#include <string_view>

#include <git2.h>

namespace modelseal::git {

[[nodiscard]] const core::LateLibrary& git_library();

// Found before libgit2's own declarations by what stands in this namespace; a function that is not
// listed does not link.
MODELSEAL_LATE_FUNCTION(git_library, git_buf_dispose);
MODELSEAL_LATE_FUNCTION(git_library, git_commit_time);
MODELSEAL_LATE_FUNCTION(git_library, git_config_free);
MODELSEAL_LATE_FUNCTION(git_library, git_config_get_string_buf);
MODELSEAL_LATE_FUNCTION(git_library, git_config_iterator_free);
MODELSEAL_LATE_FUNCTION(git_library, git_config_multivar_iterator_new);
MODELSEAL_LATE_FUNCTION(git_library, git_config_next);
MODELSEAL_LATE_FUNCTION(git_library, git_config_open_default);
MODELSEAL_LATE_FUNCTION(git_library, git_describe_commit);
MODELSEAL_LATE_FUNCTION(git_library, git_describe_format);
MODELSEAL_LATE_FUNCTION(git_library, git_describe_result_free);
MODELSEAL_LATE_FUNCTION(git_library, git_error_last);
MODELSEAL_LATE_FUNCTION(git_library, git_index_free);
MODELSEAL_LATE_FUNCTION(git_library, git_index_get_bypath);
MODELSEAL_LATE_FUNCTION(git_library, git_libgit2_init);
MODELSEAL_LATE_FUNCTION(git_library, git_libgit2_opts);
MODELSEAL_LATE_FUNCTION(git_library, git_libgit2_shutdown);
MODELSEAL_LATE_FUNCTION(git_library, git_object_free);
MODELSEAL_LATE_FUNCTION(git_library, git_object_id);
MODELSEAL_LATE_FUNCTION(git_library, git_oid_tostr);
MODELSEAL_LATE_FUNCTION(git_library, git_reference_free);
MODELSEAL_LATE_FUNCTION(git_library, git_reference_is_branch);
MODELSEAL_LATE_FUNCTION(git_library, git_reference_peel);
MODELSEAL_LATE_FUNCTION(git_library, git_reference_shorthand);
MODELSEAL_LATE_FUNCTION(git_library, git_remote_list);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_config_snapshot);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_discover);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_free);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_head);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_index);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_is_bare);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_open_ext);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_path);
MODELSEAL_LATE_FUNCTION(git_library, git_repository_workdir);
MODELSEAL_LATE_FUNCTION(git_library, git_status_byindex);
MODELSEAL_LATE_FUNCTION(git_library, git_status_list_entrycount);
MODELSEAL_LATE_FUNCTION(git_library, git_status_list_free);
MODELSEAL_LATE_FUNCTION(git_library, git_status_list_new);
MODELSEAL_LATE_FUNCTION(git_library, git_strarray_dispose);
MODELSEAL_LATE_FUNCTION(git_library, git_submodule_status);

using Repository = core::Handle<git_repository, git_repository_free>;
using Reference = core::Handle<git_reference, git_reference_free>;
using Object = core::Handle<git_object, git_object_free>;
using Config = core::Handle<git_config, git_config_free>;
using ConfigIterator = core::Handle<git_config_iterator, git_config_iterator_free>;
using Index = core::Handle<git_index, git_index_free>;
using StatusList = core::Handle<git_status_list, git_status_list_free>;
using DescribeResult = core::Handle<git_describe_result, git_describe_result_free>;
using Remotes = core::Handle<git_strarray, git_strarray_dispose>;

/// Text that libgit2 allocates.
class Buffer {
  public:
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    Buffer(Buffer&&) = delete;
    Buffer& operator=(Buffer&&) = delete;

    ~Buffer() { git_buf_dispose(&buffer_); }

    [[nodiscard]] git_buf* out() noexcept { return &buffer_; }

    [[nodiscard]] std::string text() const { return {buffer_.ptr, buffer_.size}; }

  private:
    git_buf buffer_ = GIT_BUF_INIT;
};

/// Starts libgit2 when it is first needed, and lets it read the repository extensions that do not
/// change what is read here. Errors: internal.
void require_library();

/// The failure that libgit2 last reported in this thread, as a malformed error.
[[nodiscard]] core::Error last_error(std::string_view doing);

/// Errors: malformed, with libgit2's reason, unless `result` is a success.
void check(int result, std::string_view doing);

}  // namespace modelseal::git
