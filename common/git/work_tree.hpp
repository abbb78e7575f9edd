// Whether the working tree still is what was committed.
#pragma once

#include "common/git/git_handles.hpp"

namespace modelseal::git {

/// Whether tracked files differ from HEAD, staged or not. Untracked files do not count, those in
/// submodules included; neither do files that a sparse checkout leaves out. Errors: malformed.
[[nodiscard]] bool has_tracked_changes(git_repository* repository);

}  // namespace modelseal::git
