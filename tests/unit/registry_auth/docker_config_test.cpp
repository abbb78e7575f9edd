#include "common/registry/auth/docker_config.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

using modelseal::core::Error;
using modelseal::core::ErrorKind;
using modelseal::registry::Credential;
using modelseal::registry::credential_key;
using modelseal::registry::DockerConfig;
using modelseal::registry::parse_helper_answer;

namespace {

/// A file with every member that docker, oras and podman write.
constexpr const char* full = R"({
  "auths": {
    "registry.example": {"auth": "dHJhaW5lcjpwYXNzOndvcmQ="},
    "https://old.example/v1/": {"username": "u", "password": "p"},
    "token.example": {"auth": "", "identitytoken": "refresh"},
    "bearer.example": {"registrytoken": "as-it-is"},
    "registry.example/team/models": {"auth": "dGVhbTpzZWNyZXQ="},
    "empty.example": {},
    "https://index.docker.io/v1/": {"auth": "aHViOnB3"}
  },
  "credHelpers": {"cloud.example": "cloud-login"},
  "credsStore": "desktop",
  "HttpHeaders": {"User-Agent": "Docker-Client"}
})";

std::string password_for(const DockerConfig& config,
                         std::string_view registry,
                         std::string_view repository = "m") {
    const auto found = config.stored_for(registry, repository);
    return found ? found->username + "|" + std::string(found->password.reveal()) : "none";
}

}  // namespace

TEST_SUITE("registry/auth/docker_config") {
    TEST_CASE("reads what docker, oras and podman write") {
        const DockerConfig config = DockerConfig::parse(full);
        CHECK(password_for(config, "registry.example") == "trainer|pass:word");
        CHECK(password_for(config, "old.example") == "u|p");
        CHECK(config.stored_for("token.example", "m")->identity_token.reveal() == "refresh");
        CHECK(config.stored_for("bearer.example", "m")->registry_token.reveal() == "as-it-is");
        CHECK(config.helper_for("cloud.example") == "cloud-login");
        CHECK_FALSE(config.helper_for("registry.example").has_value());
        CHECK(config.default_helper() == "desktop");
    }

    TEST_CASE("the longest key that covers the repository decides") {
        const DockerConfig config = DockerConfig::parse(full);
        CHECK(password_for(config, "registry.example", "team/models/a") == "team|secret");
        CHECK(password_for(config, "registry.example", "team/models") == "team|secret");
        CHECK(password_for(config, "registry.example", "team/modelsx") == "trainer|pass:word");
        CHECK(password_for(config, "registry.example", "team") == "trainer|pass:word");
    }

    TEST_CASE("a registry without an entry, or with an empty one, has no credentials") {
        const DockerConfig config = DockerConfig::parse(full);
        CHECK(password_for(config, "empty.example") == "none");
        CHECK(password_for(config, "registry.example:5000") == "none");
        CHECK(password_for(config, "registry.example.org") == "none");
        CHECK(password_for(DockerConfig::parse("{}"), "registry.example") == "none");
    }

    TEST_CASE("Docker Hub has one name for people and one in the file") {
        const DockerConfig config = DockerConfig::parse(full);
        CHECK(password_for(config, "docker.io", "library/m") == "hub|pw");
        CHECK(credential_key("docker.io") == "https://index.docker.io/v1/");
        CHECK(credential_key("registry.example:5000") == "registry.example:5000");
    }

    TEST_CASE("refuses what is not such a file") {
        for (const char* text : {"",
                                 "[]",
                                 "null",
                                 R"({"auths": []})",
                                 R"({"auths": {"r": "x"}})",
                                 R"({"auths": {"r": {"auth": 1}}})",
                                 R"({"auths": {"r": {"auth": "no base64!"}}})",
                                 R"({"auths": {"r": {"auth": "bm9jb2xvbg=="}}})",
                                 R"({"auths": {"r": {}, "r": {}}})",
                                 R"({"credHelpers": {"r": 1}})",
                                 R"({"credHelpers": {"r": "../../bin/sh"}})",
                                 R"({"credsStore": "a b"})",
                                 R"({"credsStore": []})"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(DockerConfig::parse(text)), Error);
        }
    }

    TEST_CASE("an error does not show what the file holds") {
        try {
            static_cast<void>(DockerConfig::parse(R"({"auths": {"r": {"auth": "c2VjcmV0"}}})"));
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.message().find("c2VjcmV0") == std::string::npos);
            CHECK(error.message().find("secret") == std::string::npos);
        }
    }

    TEST_CASE("cut anywhere, the file is refused") {
        const std::string text = full;
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(DockerConfig::parse(text.substr(0, length))), Error);
        }
    }

    TEST_CASE("a helper answers with a password or an identity token") {
        const Credential password =
            parse_helper_answer(R"({"ServerURL":"r","Username":"u","Secret":"s"})");
        CHECK(password.username == "u");
        CHECK(password.password.reveal() == "s");
        const Credential token = parse_helper_answer(R"({"Username":"<token>","Secret":"s"})");
        CHECK(token.username.empty());
        CHECK(token.password.empty());
        CHECK(token.identity_token.reveal() == "s");
        CHECK_THROWS_AS(static_cast<void>(parse_helper_answer(R"({"Username":"u"})")), Error);
    }
}
