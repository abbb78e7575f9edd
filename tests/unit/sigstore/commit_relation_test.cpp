#include "common/sigstore/commit_relation.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const std::string commit = "8c1f0d8a5f0e6c1f7a0d1a3a1f3b1c9b0f0e7e0f";
const std::string other = "0000000000000000000000000000000000000001";

using Commits = std::vector<StatedCommit>;

StatedCommit certificate(std::string id) {
    return {"the certificate", std::move(id)};
}

StatedCommit signature(std::string id) {
    return {"the signature", std::move(id)};
}

StatedCommit by_artifact(std::string id) {
    return {"the artifact", std::move(id)};
}

StatedCommit provenance(std::string id) {
    return {"the provenance", std::move(id)};
}

std::optional<std::string> disagree(const Commits& commits) {
    return why_commits_disagree(commits);
}

}  // namespace

TEST_SUITE("sigstore/commit_relation") {
    TEST_CASE("agrees when all who state a commit state the same one") {
        CHECK_FALSE(disagree({certificate(commit), signature(commit)}));
        CHECK_FALSE(disagree({signature(commit), by_artifact(commit)}));
        CHECK_FALSE(disagree(
            {certificate(commit), signature(commit), by_artifact(commit), provenance(commit)}));
        CHECK_FALSE(
            disagree({signature(commit), by_artifact("8C1F0D8A5F0E6C1F7A0D1A3A1F3B1C9B0F0E7E0F")}));
        const std::string sha256(64, 'a');
        CHECK_FALSE(disagree({signature(sha256), provenance(sha256)}));
    }

    TEST_CASE("names the two that differ, whichever they are") {
        CHECK(disagree({certificate(commit), signature(other)}) ==
              "the certificate states the commit " + commit + ", but the signature states " +
                  other);
        CHECK(disagree({certificate(commit), by_artifact(other)}));
        CHECK(disagree({signature(commit), provenance(other)}));
        CHECK(disagree(
            {certificate(commit), signature(commit), by_artifact(commit), provenance(other)}));
    }

    TEST_CASE("one alone, or none, agrees with nothing") {
        CHECK(disagree({}) == "nothing states a commit, so none agree");
        CHECK(disagree({signature(commit)}) ==
              "only the signature states a commit, so there is none to agree with");
    }

    TEST_CASE("an abbreviated commit or a branch is none") {
        const std::string shorter = commit.substr(0, 12);
        CHECK(disagree({signature(shorter), by_artifact(shorter)}));
        CHECK(disagree({signature("main"), by_artifact("main")}));
        CHECK(disagree({signature(""), by_artifact("")}));
        CHECK(disagree({signature(commit), by_artifact(commit + "\n")}));
        CHECK(disagree({signature(std::string(40, 'g')), by_artifact(std::string(40, 'g'))}));
    }
}

}  // namespace modelseal::sigstore
