#include "common/commands/opened_signer.hpp"

#include "common/commands/service_options.hpp"
#include "common/core/error.hpp"
#include "common/sigstore/signing_record.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_environment.hpp"

#include <filesystem>

#include <doctest/doctest.h>

using namespace modelseal;
using core::ErrorKind;
using services::LogVersion;
using test::error_of;
using Words = std::vector<std::string>;

namespace {

/// A command line that signs.
class CommandLine {
  public:
    explicit CommandLine(const Words& words,
                         const std::string& input = "",
                         const test::TestEnvironment::Map& variables = {})
        : environment_(variables, input) {
        cli::Command command;
        command.options = commands::signer_options();
        command.options.push_back({.long_name = "legacy"});
        arguments_ = cli::parse_arguments(command, words, environment_->variables);
    }

    services::SigningServices services() {
        return commands::chosen_services(*environment_, arguments_);
    }

    commands::OpenedSigner open() { return commands::open_signer(*environment_, arguments_); }

    core::Error failure() {
        return error_of([&] { return open(); });
    }

    test::TestEnvironment& environment() { return environment_; }

  private:
    test::TestEnvironment environment_;
    cli::Arguments arguments_;
};

std::string url_of(const services::LogService& log) {
    return log.url.to_string();
}

/// One that expired long ago: nobody is asked with it.
std::string token() {
    return test::recorded("fulcio-1.request")
        .header("Authorization")
        .substr(7);  // behind "Bearer "
}

std::string data_path(std::string_view name) {
    return (std::filesystem::path(TEST_DATA_DIR) / name).string();
}

Words keyless(Words more = {}) {
    more.insert(more.end(), {"--identity-token", token()});
    return more;
}

}  // namespace

TEST_SUITE("commands/service_options") {
    TEST_CASE("a key asks nobody, unless an option says so") {
        CHECK(CommandLine({"--key", "k"}).services().logs.empty());
        CHECK(CommandLine({"--key", "k", "--tlog-upload=false"}).services().logs.empty());
        for (const char* option : {"--tlog-upload=true", "--use-signing-config=true"}) {
            CAPTURE(option);
            const auto services = CommandLine({"--key", "k", option}).services();
            REQUIRE(services.logs.size() == 1);
            CHECK(url_of(services.logs.front()) == "https://rekor.sigstore.dev/");
            CHECK_FALSE(services.certificate_authority);
        }
        const auto timed =
            CommandLine({"--key", "k", "--timestamp-server-url", "https://tsa.test/t"}).services();
        CHECK(timed.logs.empty());
        CHECK(timed.timestamp_authorities.size() == 1);
        CHECK(CommandLine({"--key", "k", "--rekor-url", "https://rekor.test"})
                  .services()
                  .logs.size() == 1);
    }

    TEST_CASE("without a key, the public instance") {
        const auto services = CommandLine({}).services();
        REQUIRE(services.certificate_authority);
        CHECK(services.certificate_authority->url.to_string() == "https://fulcio.sigstore.dev/");
        CHECK(services.logs.size() == 1);
        CHECK(services.timestamp_authorities.size() == 1);
        const auto plain = CommandLine({"--use-signing-config=false"}).services();
        CHECK(plain.logs.size() == 1);
        CHECK(plain.timestamp_authorities.empty());
    }

    TEST_CASE("a URL replaces the public service, and what is private is not timed in public") {
        const auto services =
            CommandLine(
                {"--fulcio-url", "https://fulcio.test", "--rekor-url", "https://rekor.test"})
                .services();
        CHECK(services.certificate_authority->url.to_string() == "https://fulcio.test/");
        REQUIRE(services.logs.size() == 1);
        CHECK(url_of(services.logs.front()) == "https://rekor.test/");
        CHECK(services.logs.front().version == LogVersion::rekor_v1);
        CHECK(services.timestamp_authorities.empty());
    }

    TEST_CASE("variables say which services where no option does") {
        const auto with = [](const Words& words, const test::TestEnvironment::Map& variables) {
            return CommandLine(words, "", variables).services();
        };
        const test::TestEnvironment::Map urls = {
            {"MODELSEAL_FULCIO_URL", "https://fulcio.test"},
            {"MODELSEAL_REKOR_URL", "https://rekor.test"},
            {"MODELSEAL_TIMESTAMP_SERVER_URL", "https://a.test/t,https://b.test/t"}};
        const auto services = with({}, urls);
        CHECK(services.certificate_authority->url.to_string() == "https://fulcio.test/");
        CHECK(url_of(services.logs.at(0)) == "https://rekor.test/");
        CHECK(services.timestamp_authorities.size() == 2);
        CHECK(url_of(with({"--rekor-url", "https://own.test"}, urls).logs.at(0)) ==
              "https://own.test/");
        const auto of_key = with({"--key", "k"}, urls);
        CHECK_FALSE(of_key.certificate_authority);
        CHECK(of_key.logs.size() == 1);
        CHECK(with({"--key", "k"}, {{"MODELSEAL_USE_SIGNING_CONFIG", "true"}}).logs.size() == 1);
        const auto configured =
            with({}, {{"MODELSEAL_SIGNING_CONFIG", data_path("keyless/signing_config.json")}});
        CHECK(configured.certificate_authority->url.host() == "127.0.0.1");
    }

    TEST_CASE("what a variable says is not left out for an option that contradicts it") {
        // A config of private services, and one URL: the rest would be the public instance.
        const auto refused = CommandLine({"--timestamp-server-url", "https://tsa.test/t"},
                                         "",
                                         {{"MODELSEAL_SIGNING_CONFIG", "private.json"}})
                                 .failure();
        CHECK(refused.kind() == ErrorKind::usage);
        CHECK(refused.message() ==
              "MODELSEAL_SIGNING_CONFIG and --timestamp-server-url exclude each other");
    }

    TEST_CASE("a signing config says all of it, for a key also whether it is logged") {
        const std::string config = data_path("keyless/signing_config.json");
        const auto services = CommandLine({"--signing-config", config}).services();
        CHECK(services.certificate_authority);
        REQUIRE(services.logs.size() == 1);
        CHECK(services.logs.front().version == LogVersion::rekor_v2);
        const auto logged = CommandLine({"--key", "k", "--signing-config", config}).services();
        CHECK(logged.logs.size() == 1);
        CHECK_FALSE(logged.certificate_authority);
        const auto timed =
            CommandLine({"--key", "k", "--signing-config", config, "--tlog-upload=false"})
                .services();
        CHECK(timed.logs.empty());
        CHECK(timed.timestamp_authorities.size() == 1);
    }

    TEST_CASE("refuses what contradicts itself, and a token on its way without TLS") {
        for (const Words& words : std::vector<Words>{
                 {"--tlog-upload=false"},
                 {"--key", "k", "--tlog-upload=false", "--rekor-url", "https://rekor.test"},
                 {"--key", "k", "--fulcio-url", "https://fulcio.test"},
                 {"--signing-config", "f", "--rekor-url", "https://rekor.test"},
                 {"--use-signing-config=true", "--timestamp-server-url", "https://tsa.test"},
                 {"--use-signing-config=false", "--signing-config", "f"},
                 {"--fulcio-url", "http://fulcio.test"}}) {
            CAPTURE(words);
            CHECK(error_of([&] { return CommandLine(words).services(); }).kind() ==
                  ErrorKind::usage);
        }
        CHECK_NOTHROW(CommandLine({"--fulcio-url", "http://127.0.0.1:1"}).services());
    }
}

TEST_SUITE("commands/opened_signer") {
    TEST_CASE("one option says who signs, and cosign 2 knows keys only") {
        for (const Words& words : std::vector<Words>{{"--key", "k", "--identity-token", "t"},
                                                     {"--key", "k", "--oidc-provider", "envvar"},
                                                     {"--key", "k", "--allow-pull-request"},
                                                     {"--legacy", "--identity-token", "t"},
                                                     {"--oidc-provider", "nobody"}}) {
            CAPTURE(words);
            CHECK(CommandLine(words).failure().kind() == ErrorKind::usage);
        }
    }

    TEST_CASE("somebody without key and token is told of both") {
        const auto error = CommandLine({}).failure();
        CHECK(error.reason() == core::Reason::not_configured);
        CHECK(error.message().find("--identity-token") != std::string::npos);
        CHECK(error.message().find("--key") != std::string::npos);
    }

    TEST_CASE("a token is itself, or the name of a file that holds it, with a newline too") {
        const test::TemporaryFolder folder;
        folder.write("token", token() + "\n");
        CHECK_NOTHROW(CommandLine({"--identity-token", (folder / "token").string()}).open());
        CHECK_NOTHROW(CommandLine(keyless()).open());
        const auto error = CommandLine({"--identity-token", "no-such-file"}).failure();
        CHECK(error.kind() == ErrorKind::malformed);
    }

    TEST_CASE("a token of a variable comes before the CI's own, and is nothing beside a key") {
        const test::TestEnvironment::Map job = {{"MODELSEAL_IDENTITY_TOKEN", token()},
                                                {"SIGSTORE_ID_TOKEN", "of the CI"}};
        CHECK_NOTHROW(CommandLine({}, "", job).open());
        const auto error =
            CommandLine({}, "", {{"MODELSEAL_IDENTITY_TOKEN", "no token"}}).failure();
        CHECK(error.message().starts_with("reading MODELSEAL_IDENTITY_TOKEN: "));
        test::TestEnvironment::Map keyed = job;
        keyed.emplace("COSIGN_PASSWORD", "pw");
        keyed.emplace("MODELSEAL_OIDC_PROVIDER", "filesystem");
        CHECK_NOTHROW(CommandLine({"--key", data_path("cosign/cosign.key")}, "", keyed).open());
        CHECK(CommandLine({"--oidc-provider", "nobody"}, "", job).failure().kind() ==
              ErrorKind::usage);
    }

    TEST_CASE("a job that a pull request started signs only where that is allowed") {
        const test::TestEnvironment::Map job = {{"GITHUB_EVENT_NAME", "pull_request_target"}};
        const auto error = CommandLine(keyless(), "", job).failure();
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("--allow-pull-request") != std::string::npos);
        CHECK_NOTHROW(CommandLine(keyless({"--allow-pull-request"}), "", job).open());
    }

    TEST_CASE("asks at a terminal before anything is logged for good") {
        const auto answered = [](const std::string& answer,
                                 const Words& more = {},
                                 const test::TestEnvironment::Map& variables = {}) {
            CommandLine line(keyless(more), answer, variables);
            line.environment()->in_is_terminal = true;
            line.environment()->err_is_terminal = true;
            const bool opened = [&] {
                try {
                    static_cast<void>(line.open());
                    return true;
                } catch (const core::Error& error) {
                    CHECK(error.kind() == ErrorKind::denied);
                    return false;
                }
            }();
            return std::pair(opened, line.environment().err());
        };
        CHECK(answered("y\n").first);
        CHECK(answered("y\n").second.find("https://rekor.sigstore.dev/") != std::string::npos);
        CHECK_FALSE(answered("\n").first);
        CHECK_FALSE(answered("no\n").first);
        CHECK(answered("", {"--yes"}) == std::pair(true, std::string()));
        CHECK(answered("", {}, {{"COSIGN_YES", "1"}}) == std::pair(true, std::string()));
        CHECK(answered("", {}, {{"COSIGN_YES", "True"}}) == std::pair(true, std::string()));
        CHECK_FALSE(answered("", {}, {{"COSIGN_YES", "0"}}).first);
        CommandLine elsewhere(keyless());
        CHECK_NOTHROW(elsewhere.open());
        CHECK(elsewhere.environment().err().empty());
    }

    TEST_CASE("a key signs without asking anybody") {
        CommandLine line(
            {"--key", data_path("cosign/cosign.key")}, "", {{"COSIGN_PASSWORD", "pw"}});
        auto signer = line.open();
        REQUIRE(signer.key() != nullptr);
        const auto bundle = signer.maker().make(
            sigstore::EnvelopePayload{.type = "text/plain", .content = "hello"});
        CHECK(std::get<digest::Digest>(sigstore::SigningRecord::of(bundle).signer) ==
              signer.key()->public_key().fingerprint());
        CHECK(bundle.log_entries.empty());
    }
}
