#include "common/commands/oras/push_origin.hpp"

#include "common/commands/git_checkout.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ostream>

namespace modelseal::commands::oras {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

namespace {

std::optional<git::GitFacts> read_git(const cli::Environment& environment,
                                      const cli::Arguments& arguments) {
    if (const auto folder = arguments.get("repo")) {
        return facts_of_checkout(*folder);
    }
    auto facts = git::read_facts(".");
    return facts ? facts : git::facts_from_ci(environment.variables);
}

/// What cannot be looked at is not known to be clean.
void require_clean(const std::optional<git::GitFacts>& facts) {
    if (!facts) {
        throw Error(ErrorKind::mismatch,
                    "there is no git commit here, and --require-clean is given: run this in the "
                    "checkout that the model was trained from, or name it with --repo");
    }
    if (!facts->work_tree) {
        throw Error(ErrorKind::mismatch,
                    "there is no working tree to look at, and --require-clean is given: run this "
                    "in a checkout, or name one with --repo");
    }
    if (facts->dirty) {
        throw Error(ErrorKind::mismatch,
                    "the working tree has uncommitted changes, and --require-clean is given: "
                    "commit or stash them");
    }
}

bool lies_in(const std::filesystem::path& folder, const std::filesystem::path& path) {
    std::error_code ignored;
    const auto inside = std::filesystem::weakly_canonical(path, ignored);
    const auto root = std::filesystem::canonical(folder, ignored);
    return std::mismatch(root.begin(), root.end(), inside.begin(), inside.end()).first ==
           root.end();
}

/// Nobody said that the checkout around the current folder is the model's.
void note_outside(cli::Environment& environment,
                  const std::filesystem::path& work_tree,
                  const std::vector<std::filesystem::path>& paths) {
    const auto outside = std::find_if(
        paths.begin(), paths.end(), [&](const auto& path) { return !lies_in(work_tree, path); });
    if (outside != paths.end()) {
        environment.err << "Note: " << in_quotes(outside->string())
                        << " lies outside of the git checkout " << in_quotes(work_tree.string())
                        << ", whose commit is recorded; --repo names another\n";
    }
}

std::optional<git::GitFacts> git_facts(const cli::Environment& environment,
                                       const cli::Arguments& arguments) {
    auto facts = read_git(environment, arguments);
    if (arguments.has("require-clean")) {
        require_clean(facts);
    }
    return facts;
}

}  // namespace

const std::vector<cli::Option>& origin_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "name", .value = "NAME", .help = "name of the model, recorded as title"},
        {.long_name = "model-version", .value = "VERSION", .help = "version of the model"},
        {.long_name = "license", .value = "SPDX", .help = "licence expression"},
        {.long_name = "run-id", .value = "ID", .help = "training run"},
        {.long_name = "framework", .value = "NAME==VERSION", .help = "framework that trained it"},
        {.long_name = "dataset-digest", .value = "DIGEST", .help = "digest of the training data"},
        {.long_name = "repo",
         .value = "DIR",
         .help = "git checkout to record (default: that of the current folder)"},
        {.long_name = "require-clean",
         .help = "refuse without a checkout, or with uncommitted changes in it"},
    };
    return options;
}

artifact::Origin origin_of(const cli::Environment& environment, const cli::Arguments& arguments) {
    return {.git = git_facts(environment, arguments),
            .source_date_epoch = artifact::source_date_epoch(environment.variables),
            .name = arguments.get("name"),
            .version = arguments.get("model-version"),
            .licenses = arguments.get("license"),
            .run_id = arguments.get("run-id"),
            .framework = arguments.get("framework"),
            .dataset_digest = arguments.get("dataset-digest")};
}

void tell_origin(cli::Environment& environment,
                 const cli::Arguments& arguments,
                 const artifact::Origin& origin,
                 const std::vector<std::filesystem::path>& paths) {
    const auto& facts = origin.git;
    if (facts && facts->dirty) {
        environment.err
            << "Warning: the working tree has uncommitted changes; the artifact records "
               "that it is dirty\n";
    }
    if (arguments.has("quiet")) {
        return;
    }
    if (!facts) {
        environment.err << "Note: no git checkout with a commit here, so no commit is recorded\n";
    } else if (facts->work_tree && !arguments.has("repo")) {
        note_outside(environment, *facts->work_tree, paths);
    }
}

std::string describe_commit(const git::GitFacts& facts) {
    std::string text = facts.commit.to_string();
    if (facts.work_tree) {
        text += facts.dirty ? " (with changes)" : " (clean)";
    }
    if (facts.source_url) {
        text += concat(" of ", core::printable(*facts.source_url));
    } else if (facts.work_tree) {
        text += concat(" of ", in_quotes(facts.work_tree->string()));
    }
    return text;
}

}  // namespace modelseal::commands::oras
