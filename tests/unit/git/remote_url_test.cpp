#include "common/git/remote_url.hpp"

#include <doctest/doctest.h>

namespace modelseal::git {

TEST_SUITE("git/remote_url") {
    TEST_CASE("removes user and password from URLs") {
        CHECK(redact_url("https://host/org/repo.git") == "https://host/org/repo.git");
        CHECK(redact_url("https://me@host/org/repo") == "https://host/org/repo");
        CHECK(redact_url("https://me:s3cret@host:8443/org/repo") == "https://host:8443/org/repo");
        CHECK(redact_url("https://me:p@ss@host/repo") == "https://host/repo");
        CHECK(redact_url("HTTPS://token@host/repo") == "https://host/repo");
        CHECK(redact_url("ssh://git@host:22/repo") == "ssh://host:22/repo");
        CHECK(redact_url("git://host/~user/repo") == "git://host/~user/repo");
    }

    TEST_CASE("removes query and fragment of http(s) URLs, where tokens hide") {
        CHECK(redact_url("https://host/repo?access_token=s3cret") == "https://host/repo");
        CHECK(redact_url("http://host/repo#s3cret") == "http://host/repo");
        CHECK(redact_url("https://host?x=a@b") == "https://host");
    }

    TEST_CASE("removes them where a slash is missing or one too many") {
        CHECK(redact_url("https:/me:s3cret@host/repo") == "https://host/repo");
        CHECK(redact_url("https:///me:s3cret@host/repo") == "https://host/repo");
        CHECK(redact_url("https:me:s3cret@host/repo?t=s3cret") == "https://host/repo");
        CHECK(redact_url("http:") == "http://");
        CHECK(redact_url("host:/srv/a@b") == "host:/srv/a@b");
    }

    TEST_CASE("keeps an '@' that is part of the path") {
        CHECK(redact_url("https://host/a@b/repo") == "https://host/a@b/repo");
    }

    TEST_CASE("removes the user of the short form of SSH addresses") {
        CHECK(redact_url("git@host:org/repo.git") == "host:org/repo.git");
        CHECK(redact_url("me:s3cret@host:org/repo.git") == "host:org/repo.git");
        CHECK(redact_url("host:org/repo@v1") == "host:org/repo@v1");
    }

    TEST_CASE("leaves local paths as they are") {
        for (const char* path :
             {"/srv/a@b/repo.git", "./a@b", "../a@b:c", "file:///srv/repo", ""}) {
            CHECK(redact_url(path) == path);
        }
    }
}

}  // namespace modelseal::git
