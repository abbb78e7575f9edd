#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/signature.hpp"
#include "common/sigstore/policy/trust_policy.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/policy_text.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using test::policy_with_signer;

/// A file beside every policy of this suite.
std::string read_key(std::string_view path) {
    CHECK(path == "keys/release.pub");
    return std::string(test::policy_key_pem);
}

TrustPolicy parse(std::string_view text) {
    return TrustPolicy::parse(text, read_key);
}

TrustedSigner signer(std::string_view fields) {
    return parse(policy_with_signer(fields)).requirements_for({.name = "m"}).at(0).signers.at(0);
}

TrustedKey key(std::string_view fields) {
    return std::get<TrustedKey>(signer(core::concat("key_file: keys/release.pub", fields)));
}

TrustedIdentity identity(std::string_view fields) {
    return std::get<TrustedIdentity>(signer(fields));
}

std::string refusal(std::string_view fields, ErrorKind kind = ErrorKind::malformed) {
    const core::Error error = test::error_of([&] { return signer(fields); });
    CHECK(error.kind() == kind);
    CHECK(error.message().starts_with("line "));
    return error.message();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// An identity with this subject, and with this issuer.
std::string by_subject(std::string_view field) {
    return core::concat("issuer: https://token.actions.githubusercontent.com, ", field);
}

std::string by_issuer(std::string_view field) {
    return core::concat("subject: a@example.com, ", field);
}

std::string with_block(std::string_view pem) {
    std::string text = core::concat(test::policy_head, "signers:\n  release:\n    key: |\n");
    for (const std::string& line : core::split(core::trim(pem), '\n')) {
        text.append(core::concat("      ", line, '\n'));
    }
    return core::concat(text, "models:\n  - {model: m, signers: [release]}\n");
}

}  // namespace

TEST_SUITE("sigstore/policy/signer") {
    TEST_CASE("reads a key as PEM text, of every type") {
        for (const auto* name : {"p256", "p384", "p521", "rsa2048", "rsa4096", "ed25519"}) {
            const auto expected =
                crypto::KeySigner(crypto::PrivateKey::parse_pem(
                                      test::read_data(core::concat("cosign/keys/", name, ".pem"))))
                    .public_key();
            const auto all = parse(with_block(expected.to_pem())).requirements_for({.name = "m"});
            const auto& read = std::get<TrustedKey>(all.at(0).signers.at(0));
            CHECK(read.key == expected);
            CHECK(read.name == "release");
            CHECK_FALSE(read.validity);
            CHECK_FALSE(read.compromised_at);
        }
    }

    TEST_CASE("reads a key's window and compromise") {
        const TrustedKey both =
            key(", not_before: 2026-01-01T00:00:00Z, not_after: \"2026-12-31T23:59:59Z\", "
                "compromised_at: 2026-04-21T04:00:00+02:00");
        CHECK(both.validity->start.to_string() == "2026-01-01T00:00:00Z");
        CHECK(both.validity->end->to_string() == "2026-12-31T23:59:59Z");
        CHECK(both.compromised_at->to_string() == "2026-04-21T02:00:00Z");
        const TrustedKey open = key(", not_after: 2026-12-31T23:59:59Z");
        CHECK(open.validity->contains(core::Timestamp::parse("0001-01-01T00:00:00Z")));
        CHECK_FALSE(key(", not_before: 2026-01-01T00:00:00Z").validity->end);
    }

    TEST_CASE("refuses a window that is none, and a compromise before it") {
        refusal(
            "key_file: keys/release.pub, not_before: 2026-01-02T00:00:00Z, "
            "not_after: 2026-01-01T00:00:00Z",
            ErrorKind::usage);
        refusal(
            "key_file: keys/release.pub, not_before: 2026-01-02T00:00:00Z, "
            "compromised_at: 2026-01-01T00:00:00Z",
            ErrorKind::usage);
        refusal("key_file: keys/release.pub, not_before: 2026-01-02");
        refusal("key_file: keys/release.pub, compromised_at: true");
    }

    TEST_CASE("refuses a key that is not exactly one public key") {
        const auto of_block = [](std::string_view pem) {
            return test::error_of([&] { return parse(with_block(pem)); });
        };
        const std::string pem(test::policy_key_pem);
        CHECK(contains(of_block(pem + pem).message(), "more than one PEM block"));
        const core::Error not_pem = of_block("release key");
        CHECK(not_pem.kind() == ErrorKind::malformed);
        CHECK(contains(not_pem.message(), "line 6, column "));
        const std::string secret = test::read_data("cosign/keys/p256.pem");
        const core::Error is_private = of_block(secret);
        CHECK(is_private.kind() == ErrorKind::malformed);
        CHECK_FALSE(contains(is_private.message(), secret.substr(40, 20)));
        refusal("key: [a]");
        refusal("not_before: 2026-01-02T00:00:00Z");
        refusal("key: a, key_file: keys/release.pub");
        refusal("key_file: [keys/release.pub]");
    }

    TEST_CASE("reads key files beside the policy only") {
        for (const auto* path :
             {"/etc/keys/a.pub", "../a.pub", "keys/../../a.pub", "./a.pub", "a//b"}) {
            CAPTURE(path);
            CHECK(contains(refusal(core::concat("key_file: ", path)), "beside the policy"));
        }
    }

    TEST_CASE("refuses a key that is compromised in one place and trusted in another") {
        const std::string text = core::concat(
            test::policy_head,
            "signers:\n"
            "  old: {key_file: keys/release.pub, compromised_at: 2026-04-21T02:00:00Z}\n"
            "models:\n"
            "  - {model: a, signers: [old]}\n"
            "  - {model: b, signers: [{key_file: keys/release.pub}]}\n");
        const core::Error error = test::error_of([&] { return parse(text); });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(contains(error.message(), "the same key stands in line 5"));
    }

    TEST_CASE(
        "refuses a signer that is both or neither, unknown fields, unknown and double names") {
        refusal("key_file: keys/release.pub, subject: a@example.com", ErrorKind::usage);
        refusal("name: somebody");
        CHECK(contains(refusal("key_file: keys/release.pub, valid_until: 2026-01-01T00:00:00Z"),
                       "a key has no \"valid_until\""));
        CHECK(
            contains(refusal(by_subject("subject: a@example.com, not_after: 2026-01-01T00:00:00Z")),
                     "an identity has no \"not_after\""));
        const auto of_rule = [](std::string_view signers) {
            const auto text = test::policy_with(
                core::concat("models:\n  - {model: m, signers: ", signers, "}\n"));
            return test::error_of([&] { return parse(text); }).message();
        };
        CHECK(contains(of_rule("[CI]"), "no signer is named \"CI\""));
        CHECK(contains(of_rule("[ci, ci]"), "listed twice"));
        CHECK(contains(of_rule("ci"), "is a list"));
        CHECK(contains(of_rule("[[ci]]"), "is one value, not a list"));
        CHECK(contains(of_rule("[{}]"), "is a mapping of"));
    }

    TEST_CASE(
        "reads an identity: exact, as a pattern, as an expression, and what GitHub certifies") {
        const TrustedIdentity exact = identity(by_subject("subject: alice@example.com"));
        CHECK(exact.subject.matches("alice@example.com"));
        CHECK_FALSE(exact.subject.matches("Alice@example.com"));
        const TrustedIdentity domain = identity(by_subject("subject: \"*@example.com\""));
        CHECK(domain.subject.matches("bob@example.com"));
        CHECK_FALSE(domain.subject.matches("bob@example.com.evil.org"));
        const TrustedIdentity expression =
            identity(by_subject("subject_regexp: '^https://github\\.com/myorg/[a-z]+/.*$'"));
        CHECK(expression.subject.matches("https://github.com/myorg/training/x"));
        CHECK_FALSE(
            expression.subject.matches("https://evil.org/https://github.com/myorg/training/x"));
        CHECK_FALSE(expression.subject.matches("https://github.com/myorg/TRAINING/x"));
        const TrustedIdentity github =
            identity(by_subject("subject: https://github.com/myorg/training-pipeline/*, "
                                "repository_id: 123456789, ref: refs/tags/v*, "
                                "triggers: [push, workflow_dispatch]"));
        CHECK(github.repository_id == "123456789");
        CHECK(github.ref->matches("refs/tags/v1.0"));
        CHECK_FALSE(github.ref->matches("refs/heads/refs/tags/v1.0"));
        CHECK(github.triggers == std::vector<std::string>{"push", "workflow_dispatch"});
        CHECK(identity(by_subject("subject: a@example.com, repository_id: \"12\"")).repository_id ==
              "12");
    }

    TEST_CASE("an expression that begins with alternatives matches whole texts only") {
        const TrustedIdentity either =
            identity(by_subject("subject_regexp: ^a@example\\.com|b@example\\.com$"));
        CHECK(either.subject.matches("a@example.com"));
        CHECK(either.subject.matches("b@example.com"));
        CHECK_FALSE(either.subject.matches("a@example.com.evil.org"));
        CHECK_FALSE(either.subject.matches("evil+b@example.com"));
    }

    TEST_CASE("needs both subject and issuer, each in one way") {
        refusal("subject: a@example.com");
        refusal("issuer: https://i.example.com");
        refusal(by_subject("subject: a@example.com, subject_regexp: ^a$"));
        refusal(by_issuer("issuer: https://i.example.com, issuer_regexp: ^https://i$"));
    }

    TEST_CASE("refuses an expression without anchors") {
        for (const auto* expression : {"https://github\\.com/myorg/.*",
                                       "^https://github\\.com/myorg/.*",
                                       "https://github\\.com/myorg/.*$",
                                       "^https://github\\.com/myorg/\\$",
                                       "'(?i)^a$'"}) {
            CAPTURE(expression);
            CHECK(contains(refusal(by_subject(core::concat("subject_regexp: ", expression))),
                           "must begin with ^ and end with $"));
        }
        CHECK_NOTHROW(identity(by_subject("subject_regexp: '^https://github\\.com/myorg/a\\\\$'")));
    }

    TEST_CASE("refuses an expression with an open dot in its host, or that is none") {
        CHECK(
            contains(refusal(by_subject("subject_regexp: ^https://github.com/myorg/.*$")), "dot"));
        CHECK(contains(refusal(by_subject("subject_regexp: '^https://[a-z]+.example\\.com/x$'")),
                       "dot"));
        refusal(by_subject("subject_regexp: '^https://[a.]+\\.example\\.com/x$'"));
        CHECK_NOTHROW(identity(by_subject("subject_regexp: '^https://a[.]example\\.com/x.$'")));
        CHECK(contains(refusal(by_subject("subject_regexp: '^(?i:a@example\\.com)$'")), "(?:"));
        CHECK(contains(refusal(by_subject("subject_regexp: '^\\Qa@example.com\\E$'")), "\\Q"));
        CHECK(contains(refusal(by_subject("subject_regexp: ^https://($")), "subject_regexp: "));
        CHECK(contains(refusal(by_subject("subject_regexp: '^a(?=b)$'")), "subject_regexp: "));
    }

    TEST_CASE("refuses patterns that leave open whose identity it is") {
        for (const auto* subject : {"\"*\"",
                                    "https*",
                                    "https://*",
                                    "https://github.com*",
                                    "https://github.com/*",
                                    "https://github.com/myorg*",
                                    "https://GitHub.com/myorg*",
                                    "https://gitlab.com/*",
                                    "https://ci.example.com*",
                                    "https://*.example.com/x",
                                    "https:///x*",
                                    "\"*://github.com/myorg/a\"",
                                    "alice@*",
                                    "alice@example.*",
                                    "\"*@\"",
                                    "alice*",
                                    "\"*/.github/workflows/train.yml@refs/heads/main\"",
                                    "\"*/train.yml@refs/tags/v1\"",
                                    "\"*@refs/heads/release\"",
                                    "\"*/x@example.com\"",
                                    "\"*@v1.0\"",
                                    "\"*@0123456789abcdef0123456789abcdef01234567\"",
                                    "\"*@a@example.com\"",
                                    "\"*@example..com\"",
                                    "\"*@.com\"",
                                    "https://codeberg.org/*",
                                    "https://github.com:443/*",
                                    "https://github.com./*",
                                    "https://a@github.com/*",
                                    "https://github.com//*"}) {
            CAPTURE(subject);
            refusal(by_subject(core::concat("subject: ", subject)));
        }
        for (const auto* subject :
             {"https://github.com/myorg/*",
              "https://github.com/myorg/train-*/.github/workflows/t.yml@refs/tags/*",
              "https://ci.example.com/*",
              "spiffe://example.org/ns/*/sa/trainer",
              "\"train-*@example.com\""}) {
            CAPTURE(subject);
            CHECK_NOTHROW(identity(by_subject(core::concat("subject: ", subject))));
        }
    }

    TEST_CASE("refuses patterns for a mail provider where anybody can have an address") {
        for (const auto* domain : {"gmail.com",
                                   "GMail.com",
                                   "outlook.com",
                                   "hotmail.com",
                                   "yahoo.com",
                                   "icloud.com",
                                   "proton.me",
                                   "gmx.de",
                                   "qq.com",
                                   "yahoo.co.uk",
                                   "tutanota.com",
                                   "users.noreply.github.com"}) {
            CAPTURE(domain);
            for (const auto* part : {"*@", "alice*@", "*.ml-team@"}) {
                CHECK(contains(refusal(by_subject(core::concat("subject: \"", part, domain, '"'))),
                               "anybody can have an address"));
            }
        }
        refusal(by_subject("subject: \"*@gmail.com.\""));
        refusal(by_subject("subject: \"*@GMAIL.COM.\""));
        for (const auto* local : {".*", "[a-z0-9]+", "alice.*", "(alice|bob.)", "alice?"}) {
            CAPTURE(local);
            CHECK(contains(
                refusal(by_subject(core::concat("subject_regexp: '^", local, "@gmail\\.com$'"))),
                "anybody"));
        }
        CHECK_NOTHROW(identity(by_subject("subject: alice@gmail.com")));
        CHECK_NOTHROW(identity(by_subject("subject: \"*@notgmail.com\"")));
        CHECK_NOTHROW(identity(by_subject("subject_regexp: '^(alice|bob)@gmail\\.com$'")));
    }

    TEST_CASE("refuses expressions that leave open whose identity it is") {
        for (const auto* expression :
             {"^.*$",
              "^.+$",
              "^https://github\\.com/.*$",
              "^.*@.*$",
              "^https://github\\.com/[A-Za-z0-9-]+/[a-z]+/\\.github/workflows/[a-z]+\\.yml@"
              "refs/heads/main$",
              "^https://github\\.com/\\w+/.*$",
              "^https://github\\.com/myorg-?.*/x$",
              "^https?://github\\.com/myorg/.*$",
              "^(https://github\\.com/myorg/|).*$",
              "^.*/train\\.yml@refs/heads/main$",
              "^.*@v1\\.0$",
              "^.*example\\.com$",
              "^.*@example.com$",
              "^.*@example\\.com?$",
              "^https://github\\.com/myorg/.*|.*$",
              "^a@example\\.com|[a-z]+$"}) {
            CAPTURE(expression);
            CHECK(contains(refusal(by_subject(core::concat("subject_regexp: '", expression, '\''))),
                           "anybody"));
        }
        for (const auto* expression : {"^https://github\\.com/myorg/.*$",
                                       "^https://ci\\.example\\.com/[a-z]+$",
                                       "^[a-z]+@example\\.com$",
                                       "^(train|test)-[0-9]+@example\\.com|bob@gmail\\.com$"}) {
            CAPTURE(expression);
            CHECK_NOTHROW(
                identity(by_subject(core::concat("subject_regexp: '", expression, '\''))));
        }
    }

    TEST_CASE("refuses issuers that are open in any part") {
        for (const auto* expression :
             {"^https:.*$",
              "^https://[^/]+(/.*)?$",
              "^https://login\\.microsoftonline\\.com/[^/]+/v2\\.0$",
              "^https://a\\.example\\.com|https://oidc\\.eks\\..*\\.amazonaws\\.com/id/A$"}) {
            CAPTURE(expression);
            CHECK(contains(refusal(by_issuer(core::concat("issuer_regexp: '", expression, '\''))),
                           "anybody"));
        }
        for (const auto* issuer : {"\"*\"",
                                   "https://*.example.com",
                                   "https://login.microsoftonline.com/*/v2.0",
                                   "https://oidc.eks.*.amazonaws.com/id/A",
                                   "https://idp.example.com/realms/*"}) {
            CAPTURE(issuer);
            CHECK(contains(refusal(by_issuer(core::concat("issuer: ", issuer))), "has no *"));
        }
        CHECK_NOTHROW(
            identity(by_issuer("issuer_regexp: '^https://(a|b)\\.example\\.com/realms/c$'")));
    }

    TEST_CASE("refuses lookalikes and what no certificate can hold") {
        CHECK(contains(refusal(by_subject("subject: https://github.com/my\xD0\xBErg/x")),
                       "beyond ASCII"));
        CHECK(contains(refusal(by_subject("subject: https://github.com/my org/x")), "space"));
        refusal(by_subject("subject: \"a@example.com\\n\""));
        refusal(by_subject("subject: a@example.com, repository_id: x12"));
        refusal(by_subject("subject: a@example.com, repository_id: 012"));
        refusal(by_subject("subject: a@example.com, repository_id: [12]"));
        refusal(by_subject("subject: a@example.com, ref: main"));
        refusal(by_subject("subject: a@example.com, ref: \"*\""));
        refusal(by_subject("subject: a@example.com, triggers: []"));
        refusal(by_subject("subject: a@example.com, triggers: push"));
    }

    TEST_CASE("says what is wrong with the names of signers, and with a key that is no text") {
        const auto why = [](std::string_view signers) {
            return test::error_of([&] {
                       return parse(core::concat(test::policy_head,
                                                 "signers: ",
                                                 signers,
                                                 "\nmodels:\n  - {model: m, signers: [a]}\n"));
                   })
                .message();
        };
        CHECK(contains(why("[a]"), "signers is a mapping of names"));
        CHECK(contains(why("{}"), "signers is a mapping of names"));
        CHECK(contains(
            why(core::concat("{", std::string(101, 'a'), ": {key_file: keys/release.pub}}")),
            "a name has at most 100"));
        CHECK(contains(refusal("key: [a]"), "key is the text of a PEM public key"));
        CHECK(contains(refusal(core::concat("key_file: ", std::string(2049, 'a'))),
                       "is longer than 2048 bytes"));
    }
}

}  // namespace modelseal::sigstore
