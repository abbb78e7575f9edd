#include "common/sigstore/commit_relation.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const std::string commit = "8c1f0d8a5f0e6c1f7a0d1a3a1f3b1c9b0f0e7e0f";
const std::string other = "0000000000000000000000000000000000000001";

}  // namespace

TEST_SUITE("sigstore/commit_relation") {
    TEST_CASE("agrees when all who state a commit state the same one") {
        CHECK_FALSE(why_commits_disagree({.certificate = commit, .signature = commit}));
        CHECK_FALSE(why_commits_disagree({.signature = commit, .artifact = commit}));
        CHECK_FALSE(why_commits_disagree({.certificate = commit,
                                          .signature = commit,
                                          .artifact = commit,
                                          .provenance = commit}));
        CHECK_FALSE(why_commits_disagree(
            {.signature = commit, .artifact = "8C1F0D8A5F0E6C1F7A0D1A3A1F3B1C9B0F0E7E0F"}));
        const std::string sha256(64, 'a');
        CHECK_FALSE(why_commits_disagree({.signature = sha256, .provenance = sha256}));
    }

    TEST_CASE("names the two that differ, whichever they are") {
        CHECK(why_commits_disagree({.certificate = commit, .signature = other}) ==
              "the certificate states the commit " + commit + ", but the signature states " +
                  other);
        CHECK(why_commits_disagree({.certificate = commit, .artifact = other}));
        CHECK(why_commits_disagree({.signature = commit, .provenance = other}));
        CHECK(why_commits_disagree(
            {.certificate = commit, .signature = commit, .artifact = commit, .provenance = other}));
    }

    TEST_CASE("one alone, or none, agrees with nothing") {
        CHECK(why_commits_disagree({}) == "nothing states a commit, so none agree");
        CHECK(why_commits_disagree({.signature = commit}) ==
              "only the signature states a commit, so there is none to agree with");
    }

    TEST_CASE("an abbreviated commit or a branch is none") {
        const std::string shorter = commit.substr(0, 12);
        CHECK(why_commits_disagree({.signature = shorter, .artifact = shorter}));
        CHECK(why_commits_disagree({.signature = "main", .artifact = "main"}));
        CHECK(why_commits_disagree({.signature = "", .artifact = ""}));
        CHECK(why_commits_disagree({.signature = commit, .artifact = commit + "\n"}));
        CHECK(why_commits_disagree(
            {.signature = std::string(40, 'g'), .artifact = std::string(40, 'g')}));
    }
}

}  // namespace modelseal::sigstore
