// Opening a repository that may belong to somebody else or be of a kind that libgit2 refuses.
#pragma once

#include "common/git/git_handles.hpp"

#include <filesystem>

namespace modelseal::git {

/// An empty handle when there is no repository. Errors: as for read_facts().
[[nodiscard]] Repository open_repository(const std::filesystem::path& folder);

}  // namespace modelseal::git
