// Where a pushed model comes from: what the options, git and the CI job say.
#pragma once

#include "common/artifact/manifest_annotations.hpp"
#include "common/cli/command.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace modelseal::commands::oras {

/// Rows for push's option table: --name, --model-version, …, --repo, --require-clean.
[[nodiscard]] const std::vector<cli::Option>& origin_options();

/// The facts to record about a model.
/// Errors: mismatch under --require-clean unless a working tree without changes was seen; not_found
/// for a --repo without a commit; usage; those of git::read_facts().
[[nodiscard]] artifact::Origin origin_of(const cli::Environment& environment,
                                         const cli::Arguments& arguments);

/// Notes on standard error about the origin of the model at `paths`: when no commit is known, when
/// its tree had changes, and when a model lies outside of the checkout that was found.
void tell_origin(cli::Environment& environment,
                 const cli::Arguments& arguments,
                 const artifact::Origin& origin,
                 const std::vector<std::filesystem::path>& paths);

/// "<commit> (clean) of <remote>": as far as it is known.
[[nodiscard]] std::string describe_commit(const git::GitFacts& facts);

}  // namespace modelseal::commands::oras
