#include "common/sigstore/kms_plugin.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/key_reference.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

/// A plugin that answers what a test tells it to; real ones run in tests/e2e/cosign.bats.
class FaultyPlugin final : public core::Subprocess {
  public:
    core::SubprocessResult key{
        .output =
            core::concat(R"({"publicKey":{"publicKeyPEM":")",
                         core::to_base64(core::as_bytes(test::read_data("cosign/keys/p256.pub"))),
                         R"("}})")};
    core::SubprocessResult signature{};

    core::SubprocessResult run(const std::vector<std::string>& arguments,
                               std::string_view /*input*/,
                               unsigned /*timeout_seconds*/) override {
        return arguments.at(2).find("\"methodName\":\"publicKey\"") != std::string::npos
                   ? key
                   : signature;
    }
};

core::ErrorKind kind_of_opening(FaultyPlugin& plugin) {
    try {
        const KmsPlugin opened(plugin, "faulty", "one");
    } catch (const core::Error& error) {
        return error.kind();
    }
    FAIL("opened");
    return core::ErrorKind::internal;
}

}  // namespace

TEST_SUITE("sigstore/kms_plugin") {
    TEST_CASE("ignores the exit status, as the protocol says, but not a signal") {
        FaultyPlugin plugin;
        plugin.key.exit_code = 1;
        CHECK_NOTHROW(KmsPlugin(plugin, "faulty", "one"));
        plugin.key.killed = true;
        CHECK(kind_of_opening(plugin) == core::ErrorKind::unavailable);
    }

    TEST_CASE("passes on what the plugin says is wrong, and refuses what is no answer") {
        FaultyPlugin plugin;
        plugin.key.output = R"({"errorMessage":"the token is locked"})";
        CHECK(kind_of_opening(plugin) == core::ErrorKind::unavailable);
        for (const auto* answer : {"",
                                   "[]",
                                   "{}",
                                   R"({"publicKey":{}})",
                                   R"({"publicKey":{"publicKeyPEM":"?"}})",
                                   R"({"publicKey":{"publicKeyPEM":"AAAA"}})"}) {
            CAPTURE(answer);
            plugin.key.output = answer;
            CHECK(kind_of_opening(plugin) == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("returns no signature that the plugin's own key refuses") {
        FaultyPlugin plugin;
        plugin.signature.output = R"({"signMessage":{"signature":"AAAA"}})";
        KmsPlugin opened(plugin, "faulty", "one");
        CHECK_THROWS_AS(static_cast<void>(opened.sign(core::as_bytes("message"))), core::Error);
        const auto digest = crypto::hash_of(crypto::HashAlgorithm::sha256, {});
        CHECK(test::error_of([&] { return opened.sign_digest(digest); }).kind() ==
              core::ErrorKind::unavailable);
    }

    TEST_CASE("an Ed25519 plugin is not asked to sign a digest") {
        FaultyPlugin plugin;
        plugin.key.output = core::concat(
            R"({"publicKey":{"publicKeyPEM":")",
            core::to_base64(core::as_bytes(test::read_data("cosign/keys/ed25519.pub"))),
            R"("}})");
        KmsPlugin opened(plugin, "faulty", "one");
        const auto digest = crypto::hash_of(crypto::HashAlgorithm::sha512, {});
        CHECK(test::error_of([&] { return opened.sign_digest(digest); }).reason() ==
              core::Reason::unsupported);
    }
}

TEST_SUITE("sigstore/key_reference") {
    TEST_CASE("tells files, variables and plugins apart") {
        CHECK(KeyReference::parse("./cosign.key").place == KeyPlace::file);
        CHECK(KeyReference::parse("env://KEY").name == "KEY");
        const KeyReference plugin = KeyReference::parse("my-hsm://slot/1");
        CHECK(plugin.place == KeyPlace::plugin);
        CHECK(plugin.name == "my-hsm");
        CHECK(plugin.resource == "slot/1");
    }

    TEST_CASE(
        "refuses services that only cosign has, the network, and names that are no program's") {
        for (const auto* text : {"",
                                 "awskms:///k",
                                 "k8s://ns/s",
                                 "pkcs11:token=t",
                                 "https://host/k",
                                 "../evil://k",
                                 "My://k",
                                 "plugin://",
                                 "env://"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(KeyReference::parse(text)), core::Error);
        }
    }
}

}  // namespace modelseal::sigstore
