// What a repository says about where a model comes from.
#pragma once

#include "common/core/time.hpp"
#include "common/core/variables.hpp"
#include "common/git/git_commit.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace modelseal::git {

struct GitFacts {
    GitCommit commit;
    bool dirty = false;                       // tracked files differ from the commit
    std::optional<std::string> source_url{};  // of the remote, through redact_url()
    std::optional<core::Timestamp>
        commit_time{};                    // the committer's; nothing when only CI was asked
    std::optional<std::string> branch{};  // nothing when HEAD is detached
    std::optional<std::string> tag{};     // one that names exactly this commit
    std::optional<std::filesystem::path>
        work_tree{};  // what `dirty` is about; nothing for a bare repository and for CI
};

/// The facts of the repository that `folder` (or a file in it) belongs to, found by walking up as
/// git does, within one filesystem. Nothing when there is no repository or no commit yet.
///
/// `dirty` compares tracked files, staged or not, and the commits of submodules; a bare repository
/// is never dirty. A file behind a filter of its own (git LFS) that looks newer than its checkout
/// counts as changed, until `git status` has looked at it. The remote is the branch's own, else
/// "origin", else the only one. Errors: not_found when there is no such folder; denied when the
/// repository belongs to another user and git's safe.directory does not name it; malformed
/// (unsupported) for repositories that libgit2 cannot read, such as those with SHA-256 object
/// names; malformed for damaged ones.
[[nodiscard]] std::optional<GitFacts> read_facts(const std::filesystem::path& folder);

/// The facts that GitHub Actions or GitLab CI state in the environment, for jobs without a
/// checkout. Never dirty, since there is nothing to compare. Nothing outside of both.
/// Errors: malformed, naming the variable.
[[nodiscard]] std::optional<GitFacts> facts_from_ci(const core::Variables& variables);

}  // namespace modelseal::git
