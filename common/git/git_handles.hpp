// libgit2 behind owning handles; for the .cpp files of this folder only.
#pragma once

#include "common/core/error.hpp"
#include "common/core/handle.hpp"

#include <string>
#include <string_view>

#include <git2.h>

namespace modelseal::git {

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
