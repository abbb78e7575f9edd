#include "common/commands/verify/verify_command.hpp"

#include "common/cli/run_main.hpp"
#include "common/commands/verify/report.hpp"
#include "common/core/json.hpp"
#include "tests/support/sealed_model.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using test::SealedModel;
using test::TemporaryFolder;
using test::TestEnvironment;

// printf weights | sha256sum
constexpr std::string_view weights = "weights";

std::string weights_hex() {
    return digest::sha256_of(core::as_bytes(weights)).hex();
}

struct Run {
    int code;
    std::string out;
    std::string err;
};

Run run(TestEnvironment::Map variables, const std::vector<std::string>& words = {}) {
    TestEnvironment environment(std::move(variables));
    const int code = cli::run(verify_program(), *environment, words);
    return {code, environment.out(), environment.err()};
}

}  // namespace

TEST_SUITE("commands/verify") {
    TEST_CASE("speaks as verify_model.py did") {
        const TemporaryFolder folder;
        const std::string path = folder.write("m", weights).string();
        const std::string hex = weights_hex();
        CHECK(run({{"MODEL_PATH", path}, {"MODEL_DIGEST", hex}}).out ==
              "Model integrity verified: " + hex + "\n");
        const Run wrong = run({{"MODEL_PATH", path}, {"MODEL_DIGEST", "0123"}});
        CHECK(wrong.out == "INTEGRITY CHECK FAILED: expected 0123, got " + hex + "\n");
        CHECK(wrong.code == 1);
        for (const TestEnvironment::Map& variables :
             {TestEnvironment::Map{}, TestEnvironment::Map{{"MODEL_DIGEST", ""}}}) {
            const Run unset = run(variables);
            CHECK(unset.out == "MODEL_DIGEST environment variable not set. Refusing to load.\n");
            CHECK(unset.code == 1);
        }
    }

    TEST_CASE("answers in the form of digest that it was given") {
        const TemporaryFolder folder;
        const std::string path = folder.write("m", weights).string();
        const std::string hex = weights_hex();
        CHECK(run({{"MODEL_DIGEST", "sha256:" + hex}}, {path}).out ==
              "Model integrity verified: sha256:" + hex + "\n");
        CHECK(run({{"VERIFICATION_DIGEST", hex}}, {path}).code == 0);
        const Run escaped = run({{"MODEL_DIGEST", "a\x1b[2Jb"}}, {path});
        CHECK(escaped.out.find('\x1b') == std::string::npos);
    }

    TEST_CASE("refuses contradictions and combinations that prove too little") {
        const TemporaryFolder folder;
        const SealedModel model;
        const std::string path = model.folder().path().string();
        const std::string key = folder.write("key.pub", model.key().to_pem()).string();
        CHECK(run({{"MODEL_DIGEST", "a"}, {"VERIFICATION_DIGEST", "b"}}, {path}).code == 2);
        CHECK(run({}, {path, "--key", key}).code == 2);
        CHECK(run({}, {path, "--model", "m"}).code == 2);
        CHECK(run({}, {path, "--key", key, "--model", "m", "--any-model"}).code == 2);
        CHECK(run({{"MODELSEAL_MODEL", "n"}}, {path, "--key", key, "--model", "m"}).code == 2);
        CHECK(run({}, {key, "--key", key, "--model", "m"}).code == 2);
        CHECK(run({}, {path, path}).code == 2);
        CHECK(run({{"MODELSEAL_FORMAT", "yaml"}}, {path}).code == 2);
        CHECK(run({}, {path, "--"}).code == 2);
        CHECK(run({}, {path, "--key", folder.write("bad.pub", "x").string(), "--any-model"}).code ==
              3);
    }

    TEST_CASE("verifies a signed folder from variables alone") {
        SealedModel model;
        model.sign(model.digest(), {{"model", "m"}, {"run", "1"}});
        TestEnvironment::Map variables = {{"MODEL_PATH", model.folder().path().string()},
                                          {"PUB", model.key().to_pem()},
                                          {"MODELSEAL_KEY", "env://PUB"},
                                          {"MODELSEAL_MODEL", "m"},
                                          {"MODELSEAL_ANNOTATIONS", "run=1"}};
        CHECK(run(variables).out ==
              "Model integrity verified: " + model.digest().to_string() + "\n");
        variables["MODELSEAL_ANNOTATIONS"] = "run=2";
        CHECK(run(variables).code == 1);
        variables["MODELSEAL_ANNOTATIONS"] = "run=1";
        variables["MODELSEAL_MIN_VERSION"] = "v1";
        CHECK(run(variables).code == 1);
    }

    TEST_CASE("every failure of evidence exits 1 and says INTEGRITY CHECK FAILED") {
        SealedModel model;
        const std::string path = model.folder().path().string();
        const TestEnvironment::Map variables = {{"PUB", model.key().to_pem()}};
        const std::vector<std::string> words = {path, "--key", "env://PUB", "--any-model"};
        const auto refused = [&] {
            const Run result = run(variables, words);
            CHECK(result.code == 1);
            CHECK(result.out.starts_with("INTEGRITY CHECK FAILED: "));
        };
        refused();  // unsigned
        model.content().evidence = {"not a bundle"};
        model.write();
        refused();
        model.content().manifest = "{";
        model.write();
        refused();
        std::filesystem::remove_all(model.folder() / ".modelseal");
        refused();
        CHECK(run({{"MODEL_DIGEST", weights_hex()}}, {path + "/missing"}).code == 4);
    }

    TEST_CASE("reports as JSON with a reason") {
        SealedModel model;
        const std::string path = model.folder().path().string();
        const TestEnvironment::Map variables = {{"MODEL_DIGEST", model.digest().to_string()}};
        core::Json json = core::parse_json(run(variables, {path, "--format", "json"}).out);
        CHECK(json["verified"] == true);
        CHECK(json["files"].size() == 2);
        CHECK_FALSE(json.contains("reason"));
        model.folder().write("extra.py", "");
        json = core::parse_json(run(variables, {path, "--format", "json"}).out);
        CHECK(json["verified"] == false);
        CHECK(json["reason"] == "EXTRA_FILE");
        CHECK(run(variables, {path, "--allow-extra", "extra.py"}).code == 0);
    }

    TEST_CASE("with --warn it exits 0 and never says verified") {
        const SealedModel model;
        const std::string path = model.folder().path().string();
        const std::string good = model.digest().to_string();
        const std::string bad = "sha256:" + std::string(64, '0');
        for (const std::string& expected : {good, bad}) {
            const Run result = run({{"MODEL_DIGEST", expected}}, {path, "--warn"});
            CHECK(result.code == 0);
            CHECK(result.out.find("verified") == std::string::npos);
            const auto json = core::parse_json(
                run({{"MODEL_DIGEST", expected}}, {path, "--warn", "--format", "json"}).out);
            CHECK(json["enforced"] == false);
            CHECK(json["verified"] == false);
            CHECK(json["matched"] == (expected == good));
        }
        CHECK(run({{"MODEL_DIGEST", bad}, {"MODELSEAL_WARN", "true"}}, {path}).code == 1);
    }

    TEST_CASE("fills the termination log when it exists, within its limit") {
        const SealedModel model;
        const TemporaryFolder folder;
        const std::string log = (folder / "log").string();
        const std::string path = model.folder().path().string();
        const TestEnvironment::Map variables = {{"MODEL_DIGEST", "0000"}};
        CHECK(run(variables, {path, "--termination-log", log}).code == 1);
        CHECK_FALSE(std::filesystem::exists(log));
        folder.write("log", std::string(9000, 'x'));
        CHECK(run(variables, {path, "--termination-log", log}).code == 1);
        const auto json = core::parse_json(folder.read("log"));
        CHECK(json["reason"] == "DIGEST_MISMATCH");
        CHECK(json["message"].get<std::string>().starts_with("INTEGRITY CHECK FAILED: expected"));

        std::filesystem::create_symlink("log", folder / "link");
        folder.write("log", "untouched");
        CHECK(run(variables, {path, "--termination-log", (folder / "link").string()}).code == 1);
        CHECK(folder.read("log") == "untouched");
    }

    TEST_CASE("keeps the termination message short whatever the message and the path are") {
        VerifySettings settings;
        settings.path = std::string(4000, '\x01');
        const VerifyOutcome outcome{
            .refusal = core::Error(core::ErrorKind::mismatch, std::string(20000, '<'))};
        const std::string message = termination_message(settings, outcome);
        CHECK(message.size() <= termination_limit);
        CHECK(core::parse_json(message)["verified"] == false);
        settings.path = "m\xff";
        CHECK(core::parse_json(termination_message(settings, outcome)).is_object());
    }
}

}  // namespace modelseal::commands
