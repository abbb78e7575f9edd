#include "common/commands/git_checkout.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands {

git::GitFacts facts_of_checkout(const std::string& folder) {
    auto facts = git::read_facts(folder);
    if (!facts) {
        throw core::Error(core::ErrorKind::not_found,
                          core::concat("--repo: ",
                                       core::in_quotes(folder),
                                       " is no git checkout, or one without a commit"));
    }
    return *std::move(facts);
}

}  // namespace modelseal::commands
