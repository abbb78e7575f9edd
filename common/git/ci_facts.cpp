#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/git/git_facts.hpp"
#include "common/git/remote_url.hpp"

namespace modelseal::git {

namespace {

GitCommit commit_of(std::string_view variable, std::string_view value) {
    return core::with_context(core::concat("reading the variable ", variable),
                              [&] { return GitCommit::parse(value); });
}

/// https://docs.github.com/en/actions/reference/variables-reference
std::optional<GitFacts> facts_from_github(const core::Variables& variables) {
    const auto commit = variables.get_nonempty("GITHUB_SHA");
    if (!commit) {
        return std::nullopt;
    }
    GitFacts facts{.commit = commit_of("GITHUB_SHA", *commit)};
    const auto server = variables.get_nonempty("GITHUB_SERVER_URL");
    const auto repository = variables.get_nonempty("GITHUB_REPOSITORY");
    if (server && repository) {
        facts.source_url = redact_url(core::concat(*server, '/', *repository));
    }
    const auto kind = variables.get("GITHUB_REF_TYPE");
    if (kind == "branch") {
        facts.branch = variables.get_nonempty("GITHUB_REF_NAME");
    } else if (kind == "tag") {
        facts.tag = variables.get_nonempty("GITHUB_REF_NAME");
    }
    return facts;
}

/// https://docs.gitlab.com/ci/variables/predefined_variables/
std::optional<GitFacts> facts_from_gitlab(const core::Variables& variables) {
    const auto commit = variables.get_nonempty("CI_COMMIT_SHA");
    if (!commit) {
        return std::nullopt;
    }
    GitFacts facts{.commit = commit_of("CI_COMMIT_SHA", *commit)};
    if (const auto url = variables.get_nonempty("CI_PROJECT_URL")) {
        facts.source_url = redact_url(*url);
    }
    if (const auto time = variables.get_nonempty("CI_COMMIT_TIMESTAMP")) {
        facts.commit_time = core::with_context("reading the variable CI_COMMIT_TIMESTAMP",
                                               [&] { return core::Timestamp::parse(*time); });
    }
    facts.branch = variables.get_nonempty("CI_COMMIT_BRANCH");
    facts.tag = variables.get_nonempty("CI_COMMIT_TAG");
    return facts;
}

}  // namespace

std::optional<GitFacts> facts_from_ci(const core::Variables& variables) {
    if (auto facts = facts_from_github(variables)) {
        return facts;
    }
    return facts_from_gitlab(variables);
}

}  // namespace modelseal::git
