#include "common/artifact/signing_annotations.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

namespace modelseal::artifact {

namespace {

SigningSources sources() {
    return {.repository = {.registry = "localhost:5000", .name = "models/fraud", .layout = {}},
            .tag = oci::Tag::parse("v2"),
            .check = CheckLevel::header};
}

void check_usage_error(const SigningSources& given) {
    try {
        static_cast<void>(annotations_to_sign(given));
        FAIL_CHECK("accepted");
    } catch (const core::Error& error) {
        CHECK(error.kind() == core::ErrorKind::usage);
    }
}

}  // namespace

TEST_SUITE("artifact/signing_annotations") {
    TEST_CASE("names the model by its repository and the version by its tag") {
        const auto annotations = annotations_to_sign(sources());
        CHECK(annotations == oci::Annotations{{"model", "fraud"},
                                              {"version", "v2"},
                                              {"modelseal.check", "header"}});
    }

    TEST_CASE("takes what the artifact says about itself") {
        SigningSources given = sources();
        given.artifact = {{"org.opencontainers.image.version", "2.0.1"},
                          {"org.opencontainers.image.revision", "abc"},
                          {"dev.modelseal.run.id", "run-7"},
                          {"dev.modelseal.framework", "torch==2.4"}};
        given.ci_run = "signing-job";
        const auto annotations = annotations_to_sign(given);
        CHECK(annotations.at("version") == "2.0.1");
        CHECK(annotations.at("training_commit") == "abc");
        CHECK(annotations.at("training_run_id") == "run-7");
        CHECK(annotations.at("framework_version") == "torch==2.4");
    }

    TEST_CASE("refuses to state two things about one fact") {
        SigningSources given = sources();
        given.model = "a";
        given.annotations = {{"model", "b"}};
        check_usage_error(given);
        given = sources();
        given.artifact = {{"org.opencontainers.image.revision", "abc"}};
        given.annotations = {{"training_commit", "def"}};
        check_usage_error(given);
        given = sources();
        given.version = "v3";
        given.artifact = {{"org.opencontainers.image.version", "v2"}};
        check_usage_error(given);
    }

    TEST_CASE("leaves the commit of a tree with changes out, unless it is asked for") {
        SigningSources given = sources();
        given.artifact = {{"org.opencontainers.image.revision", "abc"},
                          {"dev.modelseal.git.dirty", "false"}};
        CHECK_FALSE(commit_left_out(given));
        SUBCASE("the artifact's") {
            given.artifact["dev.modelseal.git.dirty"] = "true";
        }
        SUBCASE("that of the repository that was named") {
            given.git =
                git::GitFacts{.commit = git::GitCommit::parse(std::string(40, 'a')), .dirty = true};
        }
        CHECK_FALSE(annotations_to_sign(given).contains("training_commit"));
        CHECK(commit_left_out(given) == "abc");
        given.annotations = {{"training_commit", "def"}};
        CHECK(annotations_to_sign(given).at("training_commit") == "def");
        CHECK_FALSE(commit_left_out(given));
    }

    TEST_CASE("the signer's own annotations cannot be set") {
        SigningSources given = sources();
        given.annotations = {{"modelseal.check", "full"}};
        check_usage_error(given);
        given.annotations = {{"", "x"}};
        check_usage_error(given);
    }

    TEST_CASE("in a layout the artifact's title names the model") {
        SigningSources given = sources();
        given.repository = {.registry = {}, .name = {}, .layout = "/store"};
        CHECK(annotations_to_sign(given).at("model") == "store");
        given.artifact = {{"org.opencontainers.image.title", "fraud"}};
        CHECK(annotations_to_sign(given).at("model") == "fraud");
    }
}

}  // namespace modelseal::artifact
