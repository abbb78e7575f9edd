#include "common/core/error.hpp"
#include "common/git/git_facts.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::git {

namespace {

constexpr const char* commit = "0123456789abcdef0123456789abcdef01234567";

}  // namespace

TEST_SUITE("git/ci_facts") {
    TEST_CASE("reads GitHub's variables") {
        const auto facts =
            facts_from_ci(core::Variables({{"GITHUB_SHA", commit},
                                           {"GITHUB_SERVER_URL", "https://github.example"},
                                           {"GITHUB_REPOSITORY", "org/models"},
                                           {"GITHUB_REF_TYPE", "branch"},
                                           {"GITHUB_REF_NAME", "main"}}));
        REQUIRE(facts);
        CHECK(facts->commit.to_string() == commit);
        CHECK(facts->source_url == "https://github.example/org/models");
        CHECK(facts->branch == "main");
        CHECK_FALSE(facts->tag);
        CHECK_FALSE(facts->commit_time);
        CHECK_FALSE(facts->dirty);
    }

    TEST_CASE("reads GitLab's variables") {
        const auto facts =
            facts_from_ci(core::Variables({{"CI_COMMIT_SHA", commit},
                                           {"CI_PROJECT_URL", "https://u:p@gitlab.example/a/b"},
                                           {"CI_COMMIT_TIMESTAMP", "2026-04-21T04:00:00+02:00"},
                                           {"CI_COMMIT_TAG", "v1"}}));
        REQUIRE(facts);
        CHECK(facts->source_url == "https://gitlab.example/a/b");
        REQUIRE(facts->commit_time);
        CHECK(facts->commit_time->to_string() == "2026-04-21T02:00:00Z");
        CHECK(facts->tag == "v1");
        CHECK_FALSE(facts->branch);
    }

    TEST_CASE("takes a tag of GitHub's for a tag") {
        const auto facts = facts_from_ci(core::Variables(
            {{"GITHUB_SHA", commit}, {"GITHUB_REF_TYPE", "tag"}, {"GITHUB_REF_NAME", "v2"}}));
        REQUIRE(facts);
        CHECK(facts->tag == "v2");
        CHECK_FALSE(facts->branch);
        CHECK_FALSE(facts->source_url);
    }

    TEST_CASE("has no facts outside of both, or when the variables are empty") {
        CHECK_FALSE(facts_from_ci(core::Variables()));
        CHECK_FALSE(facts_from_ci(core::Variables({{"GITHUB_SHA", ""}, {"CI_COMMIT_SHA", ""}})));
    }

    TEST_CASE("refuses a commit or a time that is none, naming the variable") {
        for (const auto& [name, value] :
             {std::pair("GITHUB_SHA", "main"), std::pair("CI_COMMIT_SHA", "0123456")}) {
            CAPTURE(name);
            const core::Variables variables(
                std::map<std::string, std::string, std::less<>>{{name, value}});
            try {
                static_cast<void>(facts_from_ci(variables));
                FAIL("accepted");
            } catch (const core::Error& error) {
                CHECK(error.kind() == core::ErrorKind::malformed);
                CHECK(error.message().find(name) != std::string::npos);
            }
        }
        CHECK_THROWS_AS(static_cast<void>(facts_from_ci(core::Variables(
                            {{"CI_COMMIT_SHA", commit}, {"CI_COMMIT_TIMESTAMP", "today"}}))),
                        core::Error);
    }
}

TEST_SUITE("git/git_commit") {
    TEST_CASE("accepts full SHA-1 and SHA-256 names only") {
        CHECK(GitCommit::parse(commit).to_string() == commit);
        CHECK(GitCommit::parse(std::string(64, 'a')).to_string() == std::string(64, 'a'));
        for (const std::string& text : {std::string(),
                                        std::string(7, 'a'),
                                        std::string(39, 'a'),
                                        std::string(41, 'a'),
                                        std::string(40, 'A'),
                                        std::string(40, 'g'),
                                        std::string(63, 'a'),
                                        std::string(65, 'a')}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(GitCommit::parse(text)), core::Error);
        }
    }
}

}  // namespace modelseal::git
