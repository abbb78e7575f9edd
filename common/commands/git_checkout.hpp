// The checkout that --repo names.
#pragma once

#include "common/git/git_facts.hpp"

#include <string>

namespace modelseal::commands {

/// The facts of the checkout that `folder` belongs to. Errors: not_found when it belongs to none,
/// or to one without a commit, because whoever names a checkout wants its commit; those of
/// git::read_facts().
[[nodiscard]] git::GitFacts facts_of_checkout(const std::string& folder);

}  // namespace modelseal::commands
