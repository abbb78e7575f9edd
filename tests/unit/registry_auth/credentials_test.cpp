#include "common/registry/auth/credentials.hpp"

#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

#include <map>

#include <doctest/doctest.h>

using modelseal::core::Error;
using modelseal::core::ErrorKind;
using modelseal::core::SubprocessResult;
using modelseal::core::Variables;
using modelseal::registry::CredentialFinder;
using modelseal::registry::default_credential_files;
using modelseal::test::TemporaryFolder;

namespace {

/// Answers as a credential helper would, and notes what it was asked.
class RecordedHelper final : public modelseal::core::Subprocess {
  public:
    explicit RecordedHelper(SubprocessResult answer) : answer_(std::move(answer)) {}

    SubprocessResult run(const std::vector<std::string>& arguments,
                         std::string_view input,
                         unsigned /*timeout_seconds*/) override {
        asked += arguments.at(0) + " " + arguments.at(1) + " " + std::string(input) + "\n";
        return answer_;
    }

    std::string asked;

  private:
    SubprocessResult answer_;
};

std::string entry(std::string_view user) {
    return R"({"auths":{"r.example":{"username":")" + std::string(user) + R"(","password":"p"}}})";
}

}  // namespace

TEST_SUITE("registry/auth/credentials") {
    TEST_CASE("looks in the files of docker, then podman") {
        const auto files = default_credential_files(Variables({{"HOME", "/home/u"},
                                                               {"XDG_RUNTIME_DIR", "/run/u"},
                                                               {"REGISTRY_AUTH_FILE", "/a.json"}}));
        CHECK(files == std::vector<std::filesystem::path>{"/a.json",
                                                          "/home/u/.docker/config.json",
                                                          "/run/u/containers/auth.json",
                                                          "/home/u/.config/containers/auth.json"});
    }

    TEST_CASE("DOCKER_CONFIG and XDG_CONFIG_HOME replace what they stand for") {
        const auto files = default_credential_files(
            Variables({{"HOME", "/home/u"}, {"DOCKER_CONFIG", "/d"}, {"XDG_CONFIG_HOME", "/x"}}));
        CHECK(files ==
              std::vector<std::filesystem::path>{"/d/config.json", "/x/containers/auth.json"});
    }

    TEST_CASE("the first file that knows the registry decides") {
        const TemporaryFolder folder;
        folder.write("docker/config.json", entry("docker"));
        folder.write("auth.json", entry("podman"));
        RecordedHelper unused({});
        const CredentialFinder finder(
            {},
            Variables({{"DOCKER_CONFIG", (folder / "docker").string()},
                       {"REGISTRY_AUTH_FILE", (folder / "auth.json").string()}}),
            unused);
        CHECK(finder.find("r.example", "m")->username == "docker");
        CHECK_FALSE(finder.find("other.example", "m").has_value());
    }

    TEST_CASE("files that are named replace the usual ones and must exist") {
        const TemporaryFolder folder;
        folder.write("docker/config.json", entry("docker"));
        const auto named = folder.write("named.json", entry("named"));
        const Variables variables({{"DOCKER_CONFIG", (folder / "docker").string()}});
        RecordedHelper unused({});
        CHECK(CredentialFinder({named}, variables, unused).find("r.example", "m")->username ==
              "named");
        CHECK_THROWS_AS(
            static_cast<void>(
                CredentialFinder({folder / "none.json"}, variables, unused).find("r.example", "m")),
            Error);
    }

    TEST_CASE("a registry's own helper comes before its entry, the general helper after it") {
        const TemporaryFolder folder;
        RecordedHelper helper({0, false, R"({"Username":"helped","Secret":"s"})"});
        const auto own =
            folder.write("own.json", R"({"auths":{"r.example":{"username":"u","password":"p"}},
                            "credHelpers":{"r.example":"own"},"credsStore":"general"})");
        CHECK(CredentialFinder({own}, {}, helper).find("r.example", "m")->username == "helped");
        const auto general =
            folder.write("general.json",
                         R"({"auths":{"r.example":{"username":"u","password":"p"},"s.example":{}},
                                "credsStore":"general"})");
        CHECK(CredentialFinder({general}, {}, helper).find("r.example", "m")->username == "u");
        CHECK(CredentialFinder({general}, {}, helper).find("s.example", "m")->username == "helped");
        CHECK(helper.asked ==
              "docker-credential-own get r.example\ndocker-credential-general get s.example\n");
    }

    TEST_CASE("a helper that holds nothing is no error, one that fails is") {
        const TemporaryFolder folder;
        const auto file = folder.write("config.json", R"({"credsStore":"store"})");
        RecordedHelper empty({1, false, "credentials not found in native keychain\n"});
        CHECK_FALSE(CredentialFinder({file}, {}, empty).find("r.example", "m").has_value());
        RecordedHelper broken({1, false, "the keychain is locked\n"});
        try {
            static_cast<void>(CredentialFinder({file}, {}, broken).find("r.example", "m"));
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("the keychain is locked") != std::string::npos);
        }
    }

    TEST_CASE("a helper's JSON is never shown, however it ends") {
        const TemporaryFolder folder;
        const auto file = folder.write("config.json", R"({"credsStore":"store"})");
        RecordedHelper broken({1, false, R"(warning: {"Username":"u","Secret":"S3cret"})"});
        try {
            static_cast<void>(CredentialFinder({file}, {}, broken).find("r.example", "m"));
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("S3cret") == std::string::npos);
        }
    }

    TEST_CASE("a file that cannot be read as one names itself") {
        const TemporaryFolder folder;
        const auto file = folder.write("config.json", "{");
        RecordedHelper unused({});
        CHECK_THROWS_WITH_AS(
            static_cast<void>(CredentialFinder({file}, {}, unused).find("r.example", "m")),
            doctest::Contains("config.json"),
            Error);
    }
}
