#include "common/sigstore/certificate/identity.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/authority.hpp"
#include "tests/support/pki/der.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using NameKind = CertificateIdentity::NameKind;

CertificateIdentity identity_in(std::string_view name) {
    return identity_of(
        crypto::Certificate::parse_pem_chain(test::read_data(core::concat("x509/", name))).at(0));
}

CertificateIdentity identity_of_leaf(const pki::LeafOptions& options) {
    return identity_of(pki::make_authority().issue(options).certificate);
}

void check_malformed(const pki::LeafOptions& options) {
    CHECK(test::error_of([&] { return identity_of_leaf(options); }).kind() == ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("sigstore/certificate/identity") {
    TEST_CASE("reads who signed from a workflow, with all that Fulcio says of it") {
        const auto identity = identity_in("public-good-workflow.pem");
        const std::string workflow =
            "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
        const std::string commit = "f0b49a04e5a62250e0f60fb128004a73110fe311";
        CHECK(identity == CertificateIdentity{
                              .subject = workflow,
                              .kind = NameKind::uri,
                              .issuer = "https://token.actions.githubusercontent.com",
                              .github_workflow_trigger = "push",
                              .github_workflow_sha = commit,
                              .github_workflow_name = "Release",
                              .github_workflow_repository = "sigstore/sigstore-js",
                              .github_workflow_ref = "refs/heads/main",
                              .build_signer_uri = workflow,
                              .build_signer_digest = commit,
                              .runner_environment = "github-hosted",
                              .source_repository_uri = "https://github.com/sigstore/sigstore-js",
                              .source_repository_digest = commit,
                              .source_repository_ref = "refs/heads/main",
                              .source_repository_identifier = "495574555",
                              .source_repository_owner_uri = "https://github.com/sigstore",
                              .source_repository_owner_identifier = "71096353",
                              .build_config_uri = workflow,
                              .build_config_digest = commit,
                              .build_trigger = "push",
                              .run_invocation_uri = "https://github.com/sigstore/sigstore-js/"
                                                    "actions/runs/5904696764/attempts/1",
                              .source_repository_visibility = "public"});
    }

    TEST_CASE("reads the token's subject, which newer certificates state") {
        const auto identity = identity_in("local-workflow.pem");
        CHECK(identity.token_subject == "repo:org/repo:ref:refs/heads/main");
        CHECK(identity.issuer == "http://127.0.0.1:8800");
    }

    TEST_CASE("reads an e-mail address, and the issuer of older certificates") {
        const auto identity = identity_in("public-good-email.pem");
        CHECK(identity.subject == "brian@dehamer.com");
        CHECK(identity.kind == NameKind::email);
        CHECK(identity.issuer == "https://github.com/login/oauth");
        CHECK_FALSE(identity.github_workflow_ref);
    }

    TEST_CASE("reads a name of Fulcio's own kind") {
        const auto identity = identity_in("scaffolding-other-name.pem");
        CHECK(identity.subject == "foo!oidc.local");
        CHECK(identity.kind == NameKind::other_name);
        CHECK(identity.issuer == "http://oidc.local:8080");
    }

    TEST_CASE("a URI comes before an address, an address before another name") {
        CHECK(identity_of_leaf({.uri = "https://a/",
                                .email = "a@b.c",
                                .other_name = "x!y",
                                .more_uris = {"https://b/"}})
                  .subject == "https://a/");
        CHECK(identity_of_leaf({.uri = std::nullopt, .email = "a@b.c", .other_name = "x!y"})
                  .subject == "a@b.c");
        CHECK(identity_of_leaf({.uri = std::nullopt, .other_name = "x!y"}).subject == "x!y");
        CHECK(identity_of_leaf({.uri = std::nullopt, .email = "a@b.c", .more_uris = {"https://b/"}})
                  .subject == "https://b/");
    }

    TEST_CASE("names of hosts name nobody, as no name does") {
        for (const auto& options : {pki::LeafOptions{.dns = "example.com", .uri = std::nullopt},
                                    pki::LeafOptions{.uri = std::nullopt},
                                    pki::LeafOptions{.uri = ""}}) {
            const auto error = test::error_of([&] { return identity_of_leaf(options); });
            CHECK(error.kind() == ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::wrong_identity);
        }
    }

    TEST_CASE("an empty name is not passed over for the next one") {
        CHECK(test::error_of([] {
                  return identity_of_leaf({.uri = "", .email = "a@b.c"});
              }).reason() == core::Reason::wrong_identity);
    }

    TEST_CASE("a name of another type than Fulcio's is not read") {
        // [0] { 1.2.3.4, [0] UTF8String "x" }
        const core::Bytes names = core::from_hex("300ca00a06032a0304a0030c0178").value();
        CHECK(test::error_of([&] {
                  return identity_of_leaf({.alternative_names = names});
              }).reason() == core::Reason::wrong_identity);
    }

    TEST_CASE("the newer of two issuers counts") {
        CHECK(identity_of_leaf({.issuer = "https://new/", .first_issuer = "https://old/"}).issuer ==
              "https://new/");
        CHECK(identity_of_leaf({.issuer = std::nullopt, .first_issuer = "https://old/"}).issuer ==
              "https://old/");
    }

    TEST_CASE("a certificate without an issuer of the identity is refused") {
        for (const auto& options : {pki::LeafOptions{.issuer = std::nullopt},
                                    pki::LeafOptions{.issuer = ""},
                                    pki::LeafOptions{.issuer = "", .first_issuer = "https://o/"}}) {
            const auto error = test::error_of([&] { return identity_of_leaf(options); });
            CHECK(error.kind() == ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::wrong_identity);
        }
    }

    TEST_CASE("texts may be longer than a length in one byte can say") {
        for (const std::size_t size : {127U, 128U, 255U, 256U, 5000U}) {
            CAPTURE(size);
            const std::string issuer = "https://" + std::string(size - 8, 'x');
            CHECK(identity_of_leaf({.issuer = issuer}).issuer == issuer);
        }
    }

    TEST_CASE("every extension fills its own field") {
        pki::LeafOptions options;
        for (int number = 2; number <= 24; ++number) {
            if (number != 7 && number != 8) {
                options.extensions.push_back(
                    pki::fulcio_extension(number, core::concat("value ", number)));
            }
        }
        const auto identity = identity_of_leaf(options);
        CHECK(identity.github_workflow_trigger == "value 2");
        CHECK(identity.github_workflow_sha == "value 3");
        CHECK(identity.github_workflow_name == "value 4");
        CHECK(identity.github_workflow_repository == "value 5");
        CHECK(identity.github_workflow_ref == "value 6");
        CHECK(identity.build_signer_uri == "value 9");
        CHECK(identity.build_signer_digest == "value 10");
        CHECK(identity.runner_environment == "value 11");
        CHECK(identity.source_repository_uri == "value 12");
        CHECK(identity.source_repository_digest == "value 13");
        CHECK(identity.source_repository_ref == "value 14");
        CHECK(identity.source_repository_identifier == "value 15");
        CHECK(identity.source_repository_owner_uri == "value 16");
        CHECK(identity.source_repository_owner_identifier == "value 17");
        CHECK(identity.build_config_uri == "value 18");
        CHECK(identity.build_config_digest == "value 19");
        CHECK(identity.build_trigger == "value 20");
        CHECK(identity.run_invocation_uri == "value 21");
        CHECK(identity.source_repository_visibility == "value 22");
        CHECK(identity.deployment_environment == "value 23");
        CHECK(identity.token_subject == "value 24");
    }

    TEST_CASE("refuses text that is not in the form of its extension") {
        const core::Bytes raw = core::to_bytes("https://issuer/");
        const auto printable = pki::der_value(0x13, raw);
        core::Bytes longer = pki::utf8_string("https://issuer/");
        longer.push_back(std::byte{0});
        for (const auto& content : {raw, printable, longer, core::Bytes()}) {
            check_malformed(
                {.issuer = std::nullopt, .extensions = {{"1.3.6.1.4.1.57264.1.8", content}}});
            check_malformed({.extensions = {{"1.3.6.1.4.1.57264.1.24", content}}});
        }
        // The first name's value is not a UTF8String: [0] { .1.7, [0] IA5String "x" }
        check_malformed({.alternative_names =
                             core::from_hex("3013a011060a2b0601040183bf300107a003160178").value()});
    }

    TEST_CASE("refuses control characters and text that is not UTF-8, wherever it stands") {
        for (const auto& text : {std::string("a\nb"),
                                 std::string("a\0b", 3),
                                 std::string("a\x1b[2J"),
                                 std::string("a\x7f"),
                                 std::string("a\xff")}) {
            CAPTURE(text);
            check_malformed({.uri = text});
            check_malformed({.uri = std::nullopt, .email = text});
            check_malformed({.uri = std::nullopt, .other_name = text});
            check_malformed({.issuer = text});
            check_malformed({.issuer = std::nullopt, .first_issuer = text});
            check_malformed({.extensions = {pki::fulcio_extension(3, text)}});
            check_malformed({.extensions = {pki::fulcio_extension(21, text)}});
        }
    }
}

}  // namespace modelseal::sigstore
