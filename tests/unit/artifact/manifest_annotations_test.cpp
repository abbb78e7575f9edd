#include "common/artifact/manifest_annotations.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"

#include <doctest/doctest.h>

namespace modelseal::artifact {

namespace {

const digest::Digest root = digest::sha256_of({});

Origin committed() {
    return {.git = git::GitFacts{
                .commit = git::GitCommit::parse("0123456789abcdef0123456789abcdef01234567"),
                .dirty = true,
                .source_url = "https://example.com/r.git",
                .commit_time = core::Timestamp::parse("2026-04-21T02:00:00Z")}};
}

core::Variables with_epoch(const std::string& value) {
    return core::Variables({{"SOURCE_DATE_EPOCH", value}});
}

}  // namespace

TEST_SUITE("artifact/manifest_annotations") {
    TEST_CASE("records commit, time, source and a dirty tree") {
        CHECK(manifest_annotations(committed(), root, {}) ==
              oci::Annotations{
                  {"dev.modelseal.git.dirty", "true"},
                  {"dev.modelseal.record.root", root.to_string()},
                  {"org.opencontainers.image.created", "2026-04-21T02:00:00Z"},
                  {"org.opencontainers.image.revision", "0123456789abcdef0123456789abcdef01234567"},
                  {"org.opencontainers.image.source", "https://example.com/r.git"}});
    }

    TEST_CASE("leaves out what is not known, the time of creation too") {
        CHECK(manifest_annotations({}, root, {}) ==
              oci::Annotations{{"dev.modelseal.record.root", root.to_string()}});
    }

    TEST_CASE("prefers SOURCE_DATE_EPOCH to the commit's time") {
        Origin origin = committed();
        origin.source_date_epoch = source_date_epoch(with_epoch("0"));
        CHECK(manifest_annotations(origin, root, {}).at("org.opencontainers.image.created") ==
              "1970-01-01T00:00:00Z");
    }

    TEST_CASE("refuses a SOURCE_DATE_EPOCH that is no number of seconds") {
        for (const auto* value : {"now", "-1", "1.5", " 1", "99999999999999999999"}) {
            CAPTURE(value);
            CHECK_THROWS_AS(static_cast<void>(source_date_epoch(with_epoch(value))), core::Error);
        }
        CHECK_FALSE(source_date_epoch(with_epoch("")).has_value());
    }

    TEST_CASE("lets the user's keys win, but not under our prefix") {
        const oci::Annotations given = {{"org.opencontainers.image.source", "https://mine"}};
        CHECK(
            manifest_annotations(committed(), root, given).at("org.opencontainers.image.source") ==
            "https://mine");
        CHECK_THROWS_AS(static_cast<void>(manifest_annotations(
                            {}, root, {{"dev.modelseal.record.root", "sha256:0"}})),
                        core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(manifest_annotations({}, root, {{"dev.modelseal.x", ""}})),
            core::Error);
    }

    TEST_CASE("refuses a time of creation that is not RFC 3339, as oras does") {
        CHECK_THROWS_AS(static_cast<void>(manifest_annotations(
                            {}, root, {{"org.opencontainers.image.created", "yesterday"}})),
                        core::Error);
    }
}

}  // namespace modelseal::artifact
