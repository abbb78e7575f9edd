#include "common/sigstore/policy/trust_policy.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/policy_text.hpp"
#include "tests/support/temporary_folder.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using core::Reason;
using test::policy_head;
using test::policy_with;
using test::policy_with_rule;

TrustPolicy parse(std::string_view text) {
    return TrustPolicy::parse(text, [](std::string_view) -> std::string {
        throw std::logic_error("no key file should be read");
    });
}

core::Error refusal(std::string_view text) {
    return test::error_of([&] { return parse(text); });
}

std::string malformed(std::string_view text) {
    const core::Error error = refusal(text);
    CHECK(error.kind() == ErrorKind::malformed);
    CHECK(error.message().find("line ") != std::string::npos);
    CHECK(error.message().find("column ") != std::string::npos);
    return error.message();
}

std::string contradiction(std::string_view text) {
    const core::Error error = refusal(text);
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
}

std::vector<Requirements> demands(std::string_view text, const RequiredModel& model) {
    return parse(text).requirements_for(model);
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_SUITE("sigstore/policy/trust_policy") {
    TEST_CASE("the example of a training pipeline reads as it is written") {
        const TrustPolicy policy = parse(policy_with_rule(""));
        CHECK(policy.serial() == 7);
        CHECK(policy.expires().to_string() == "2027-01-31T00:00:00Z");
        const auto all = policy.requirements_for({.name = "fraud-detector"});
        REQUIRE(all.size() == 1);
        CHECK(all[0].predicate_type == predicate_types::cosign_sign);
        CHECK(all[0].model->name == "fraud-detector");
        CHECK_FALSE(all[0].model->may_be_unstated);
        CHECK_FALSE(all[0].allow_legacy);
        CHECK_FALSE(all[0].require_log);
        CHECK_FALSE(all[0].require_timestamp);
        CHECK_FALSE(all[0].same_commit);
        CHECK(all[0].check_levels.empty());
        REQUIRE(all[0].signers.size() == 1);
        const auto& identity = std::get<TrustedIdentity>(all[0].signers[0]);
        CHECK(identity.name == "ci");
        CHECK(identity.issuer.matches("https://token.actions.githubusercontent.com"));
        CHECK_FALSE(identity.issuer.matches("https://token.actions.githubusercontent.com/"));
        CHECK(
            identity.subject.matches("https://github.com/myorg/training-pipeline/.github/workflows/"
                                     "train.yml@refs/heads/main"));
        CHECK_FALSE(identity.subject.matches("https://github.com/myorg/training-pipeline-evil/x"));
    }

    TEST_CASE("reads every condition of a rule") {
        const auto all = demands(policy_with_rule("annotations:\n"
                                                  "  approved: no\n"
                                                  "  \"017\": 1e3\n"
                                                  "min_version: 1.10\n"
                                                  "check: [full, header]\n"
                                                  "same_commit: true\n"
                                                  "formats: [bundle, legacy]\n"
                                                  "require: [tlog, timestamp]\n"),
                                 {.name = "fraud-detector", .may_be_unstated = true});
        REQUIRE(all.size() == 1);
        CHECK(all[0].annotations == oci::Annotations{{"017", "1e3"}, {"approved", "no"}});
        CHECK(all[0].min_version == "1.10");
        CHECK(all[0].check_levels == std::vector<std::string>{"full", "header"});
        CHECK(all[0].same_commit);
        CHECK(all[0].allow_legacy);
        CHECK(all[0].require_log);
        CHECK(all[0].require_timestamp);
        CHECK(all[0].model->may_be_unstated);
    }

    TEST_CASE("demands each statement with its own signers, and not that it names the model") {
        const auto all =
            demands(policy_with_rule(
                        "require: [timestamp]\n"
                        "same_commit: true\n"
                        "statements:\n"
                        "  - type: https://slsa.dev/provenance/v1\n"
                        "    signers:\n"
                        "      - {issuer: https://accounts.example.com, subject: a@example.com}\n"
                        "    annotations: {reviewed: \"yes\"}\n"
                        "  - type: https://modelseal.dev/provenance/v1\n"
                        "    signers: [ci]\n"),
                    {.name = "fraud-detector"});
        REQUIRE(all.size() == 3);
        CHECK(all[1].predicate_type == "https://slsa.dev/provenance/v1");
        CHECK(std::get<TrustedIdentity>(all[1].signers.at(0)).subject.matches("a@example.com"));
        CHECK(all[1].annotations == oci::Annotations{{"reviewed", "yes"}});
        CHECK_FALSE(all[1].model);
        CHECK_FALSE(all[1].same_commit);
        CHECK(all[1].require_timestamp);
        CHECK(all[2].predicate_type == "https://modelseal.dev/provenance/v1");
        CHECK(std::get<TrustedIdentity>(all[2].signers.at(0)).name == "ci");
    }

    TEST_CASE("rules that name the same model all hold") {
        const std::string text = policy_with(
            "models:\n"
            "  - model: [fraud-*, credit-scorer]\n"
            "    signers: [ci]\n"
            "  - model: \"*\"\n"
            "    signers:\n"
            "      - {issuer: https://accounts.example.com, subject: release@example.com}\n");
        CHECK(demands(text, {.name = "fraud-detector"}).size() == 2);
        CHECK(demands(text, {.name = "credit-scorer"}).size() == 2);
        CHECK(demands(text, {.name = "other"}).size() == 1);
    }

    TEST_CASE("refuses a model that no rule names, and says which are named") {
        const TrustPolicy policy = parse(policy_with_rule(""));
        for (const auto* name :
             {"other", "fraud-detector2", "a/fraud-detector", "", "fraud-detector\n"}) {
            const core::Error error =
                test::error_of([&] { return policy.requirements_for({.name = name}); });
            CHECK(error.kind() == ErrorKind::mismatch);
            CHECK(error.reason() == Reason::not_configured);
            CHECK(contains(error.message(), "only for \"fraud-detector\""));
        }
        const core::Error error =
            test::error_of([&] { return policy.requirements_for({.name = "Fraud-Detector"}); });
        CHECK(contains(error.message(), "upper and lower case count"));
    }

    TEST_CASE("a lookalike of a model's name is another name") {
        const TrustPolicy policy = parse(policy_with_rule(""));
        CHECK_THROWS(policy.requirements_for({.name = "fr\xD0\xB0ud-detector"}));
        CHECK(
            contains(malformed(policy_with("models:\n  - {model: fr\xD0\xB0ud, signers: [ci]}\n")),
                     "beyond ASCII"));
    }

    TEST_CASE("counts until the moment it expires") {
        const TrustPolicy policy = parse(policy_with_rule(""));
        const auto at = [](std::string_view time) {
            return core::Timestamp::parse(time);
        };
        CHECK_FALSE(policy.expired(at("2027-01-30T23:59:59Z")));
        CHECK(policy.expired(at("2027-01-31T00:00:00Z")));
        CHECK_NOTHROW(policy.require_current(at("2027-01-30T23:59:59Z")));
        try {
            policy.require_current(at("2027-02-01T00:00:00Z"));
            FAIL("an expired policy was accepted");
        } catch (const core::Error& error) {
            CHECK(error.kind() == ErrorKind::mismatch);
            CHECK(error.reason() == Reason::expired);
        }
    }

    TEST_CASE("reads the same from JSON, where text is in quotes") {
        const std::string text =
            R"({"schema": "modelseal.trust-policy/v1", "serial": 7, "expires": "2027-01-31T00:00:00Z",
                "models": [{"model": "m", "min_version": "1.10", "same_commit": false,
                            "signers": [{"subject": "a@example.com", "issuer": "https://i.example.com",
                                         "repository_id": 12}]}]})";
        CHECK(demands(text, {.name = "m"}).at(0).min_version == "1.10");
        std::string number = text;
        number.replace(number.find("\"1.10\""), 6, "1.10");
        CHECK(contains(malformed(number), "min_version is text, which stands in quotes"));
        std::string serial = text;
        serial.replace(serial.find("7,"), 2, "\"7\",");
        CHECK(contains(malformed(serial), "serial stands without quotes"));
    }

    TEST_CASE("refuses an unknown field at any level") {
        CHECK(contains(malformed(policy_with_rule("") + "defaults: accept\n"),
                       "line 9, column 1: a trust policy has no \"defaults\""));
        CHECK(contains(malformed(policy_with_rule("signer: x")), "a rule has no \"signer\""));
        CHECK(contains(malformed(policy_with_rule("Check: [full]")), "a rule has no \"Check\""));
        CHECK(contains(malformed(policy_with_rule("<<: {a: b}")), "a rule has no \"<<\""));
        CHECK(
            contains(malformed(policy_with_rule("statements:\n"
                                                "  - {type: a:b, signers: [ci], min_version: 1}")),
                     "a statement has no \"min_version\""));
    }

    TEST_CASE("needs schema, serial, expires and models") {
        const std::string rule =
            "models:\n  - {model: m, signers: [{issuer: https://i.example.com, "
            "subject: a@example.com}]}\n";
        CHECK(parse(std::string(policy_head) + rule).rules().size() == 1);
        CHECK(
            contains(malformed("serial: 1\nexpires: 2027-01-01T00:00:00Z\n" + rule), "\"schema\""));
        CHECK(contains(
            malformed("schema: modelseal.trust-policy/v1\nexpires: 2027-01-01T00:00:00Z\n" + rule),
            "\"serial\""));
        CHECK(contains(malformed("schema: modelseal.trust-policy/v1\nserial: 1\n" + rule),
                       "\"expires\""));
        CHECK(contains(malformed(std::string(policy_head)), "\"models\""));
        CHECK(contains(malformed("schema: modelseal.trust-policy/v2\nserial: 1\n"), "schema is "));
        CHECK(contains(malformed(core::concat(policy_head, "models: []\n")), "empty list"));
        CHECK(contains(malformed(core::concat(policy_head, "models: {}\n")), "is a list"));
        CHECK(contains(malformed("- a\n"), "is a mapping of"));
        CHECK(contains(malformed("text\n"), "is a mapping of"));
        CHECK(contains(malformed("{}"), "is a mapping of"));
    }

    TEST_CASE("refuses a serial and a time that are not written as such") {
        const auto with = [](std::string_view serial, std::string_view expires) {
            return core::concat("schema: modelseal.trust-policy/v1\nserial: ",
                                serial,
                                "\nexpires: ",
                                expires,
                                "\nmodels: [a]\n");
        };
        for (const auto* serial : {"0",
                                   "-1",
                                   "1e3",
                                   "010",
                                   "0x10",
                                   "1.0",
                                   "\"7\"",
                                   "9007199254740992",
                                   "seven",
                                   "[1]",
                                   "1_0"}) {
            CAPTURE(serial);
            CHECK(contains(malformed(with(serial, "2027-01-01T00:00:00Z")), "serial"));
        }
        for (const auto* time : {"2027-01-01",
                                 "2027-01-01T00:00:00",
                                 "2027-13-01T00:00:00Z",
                                 "1798761600",
                                 "never",
                                 "[2027-01-01T00:00:00Z]"}) {
            CAPTURE(time);
            CHECK(contains(malformed(with("1", time)), "expires"));
        }
        // Both are fine, so the next thing is refused.
        CHECK(contains(malformed(with("9007199254740991", "\"2027-01-01T01:00:00.5+01:00\"")),
                       "a rule"));
    }

    TEST_CASE("refuses lists and mappings that are empty, since they would read as anything") {
        for (const auto* line : {"annotations: {}",
                                 "check: []",
                                 "formats: []",
                                 "require: []",
                                 "statements: []",
                                 "min_version: \"\"",
                                 "annotations: {a: \"\"}",
                                 "annotations: {\"\": a}"}) {
            CAPTURE(line);
            malformed(policy_with_rule(line));
        }
        malformed(policy_with("models:\n  - {model: m, signers: []}\n"));
        malformed(policy_with("models:\n  - {model: [], signers: [ci]}\n"));
        malformed(policy_with("models:\n  - {model: \"\", signers: [ci]}\n"));
        malformed(policy_with("models:\n  - {model: m}\n"));
        malformed(policy_with("models:\n  - {signers: [ci]}\n"));
        malformed(core::concat(policy_head, "signers: {}\nmodels: [a]\n"));
        malformed(policy_with_rule("statements: [{type: a:b, signers: []}]"));
    }

    TEST_CASE("refuses values of the wrong type or outside their list") {
        for (const auto* line :
             {"check: full",
              "check: [fully]",
              "check: [full, full]",
              "check: [Full]",
              "same_commit: yes",
              "same_commit: \"true\"",
              "same_commit: True",
              "formats: [legacy]",
              "formats: [bundle, oci]",
              "require: [log]",
              "require: tlog",
              "min_version: latest",
              "min_version: [1]",
              "annotations: [a]",
              "annotations: {a: [b]}",
              "annotations: {a: \"b\\nc\"}",
              "annotations: {a: \" b\"}",
              "annotations: {a: \"\\u202e\"}",
              "statements: {type: a}",
              "statements: [{type: slsa, signers: [ci]}]",
              "statements: [{signers: [ci]}]",
              "statements: [{type: a:b}]",
              "statements: [{type: a:b, signers: [ci]}, {type: a:b, signers: [ci]}]"}) {
            CAPTURE(line);
            malformed(policy_with_rule(line));
        }
        malformed(policy_with("models:\n  - {model: [m, m], signers: [ci]}\n"));
        malformed(policy_with("models:\n  - {model: fraud-?, signers: [x]}\n"));
        malformed(policy_with("models:\n  - {model: \"fraud-[ab]*\", signers: [ci]}\n"));
        malformed(policy_with("models:\n  - {model: a b, signers: [ci]}\n"));
        malformed(policy_with("models:\n  - {model: {a: b}, signers: [ci]}\n"));
    }

    TEST_CASE("refuses demands of one rule that contradict each other") {
        CHECK(contains(contradiction(policy_with_rule("annotations: {model: m}")), "rule's model"));
        CHECK(contains(contradiction(policy_with_rule("annotations: {modelseal.check: full}")),
                       "rule's check"));
        CHECK(contains(contradiction(policy_with_rule("annotations: {version: \"1.9\"}\n"
                                                      "min_version: 1.10")),
                       "the version \"1.9\" is demanded"));
        CHECK(contains(contradiction(policy_with_rule("annotations: {version: latest}\n"
                                                      "min_version: 1.10")),
                       "latest"));
        CHECK_NOTHROW(
            parse(policy_with_rule("annotations: {version: \"1.10\"}\nmin_version: 1.9")));
        CHECK(contains(
            contradiction(policy_with_rule("statements: [{type: https://sigstore.dev/cosign/"
                                           "sign/v1, signers: [ci]}]")),
            "second rule"));
    }

    TEST_CASE("refuses rules for one model that contradict each other, before it is asked for") {
        const auto two = [](std::string_view first, std::string_view second) {
            return policy_with(core::concat("models:\n  - {model: fraud-*, signers: [ci], ",
                                            first,
                                            "}\n  - {model: \"*\", signers: [ci], ",
                                            second,
                                            "}\n"));
        };
        CHECK(contains(contradiction(two("annotations: {a: x}", "annotations: {a: y}")),
                       "line 8: the rules for \"fraud-*\": two values are demanded for the "
                       "annotation \"a\""));
        CHECK(contains(contradiction(two("check: [full]", "check: [header, none]")), "no level"));
        CHECK(contains(contradiction(two("min_version: 2", "annotations: {version: \"1\"}")),
                       "the version \"1\""));
        CHECK(contains(contradiction(two("annotations: {version: \"1\"}", "min_version: 2")),
                       "the version \"1\""));
        CHECK_NOTHROW(parse(two("check: [full]", "check: [header, full]")));
        CHECK_NOTHROW(parse(two("annotations: {a: x}", "annotations: {a: x, b: y}")));
        CHECK_NOTHROW(parse(two("min_version: 2", "annotations: {version: \"2.1\"}")));
        CHECK_NOTHROW(parse(two("min_version: 2", "min_version: 3")));
    }

    TEST_CASE("finds contradictions of patterns that only meet in some names when asked for one") {
        const TrustPolicy policy =
            parse(policy_with("models:\n"
                              "  - {model: fraud-*, signers: [ci], annotations: {a: x}}\n"
                              "  - {model: \"*-v2\", signers: [ci], annotations: {a: y}}\n"));
        CHECK(policy.requirements_for({.name = "fraud-v1"}).size() == 1);
        const core::Error error =
            test::error_of([&] { return policy.requirements_for({.name = "fraud-v2"}); });
        CHECK(error.kind() == ErrorKind::usage);
    }

    TEST_CASE("different types of statements do not contradict each other") {
        CHECK_NOTHROW(
            parse(policy_with_rule("annotations: {a: x}\n"
                                   "statements: [{type: a:b, signers: [ci], "
                                   "annotations: {a: y}}]")));
    }

    TEST_CASE("a policy that was cut off within a line is refused") {
        const std::string whole =
            policy_with_rule("annotations:\n  approved: no\nmin_version: 1.10\n");
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(size);
            try {
                const TrustPolicy policy = parse(whole.substr(0, size));
                CHECK(whole[size - 1] == '\n');  // a value is never read in part
                CHECK(policy.rules().size() == 1);
            } catch (const core::Error& error) {
                CHECK(error.kind() == ErrorKind::malformed);
            }
        }
    }

    TEST_CASE("loads a file and the keys beside it, through symbolic links too") {
        const test::TemporaryFolder folder;
        static_cast<void>(folder.write("data/keys/release.pub", test::policy_key_pem));
        static_cast<void>(folder.write("data/policy.yaml",
                                       core::concat(policy_head,
                                                    "models:\n  - model: m\n    signers:\n"
                                                    "      - key_file: keys/release.pub\n")));
        std::filesystem::create_directory(folder / "mount");
        std::filesystem::create_symlink("../data/policy.yaml", folder / "mount/policy.yaml");
        std::filesystem::create_symlink("../data/keys", folder / "mount/keys");
        for (const auto* name : {"data/policy.yaml", "mount/policy.yaml"}) {
            const auto all = TrustPolicy::load(folder / name).requirements_for({.name = "m"});
            CHECK(std::get<TrustedKey>(all.at(0).signers.at(0)).key ==
                  crypto::PublicKey::parse_pem(test::policy_key_pem));
        }
        std::filesystem::remove(folder / "data/keys/release.pub");
        const core::Error error =
            test::error_of([&] { return TrustPolicy::load(folder / "data/policy.yaml"); });
        CHECK(error.kind() == ErrorKind::not_found);
        CHECK(contains(error.message(), "reading the trust policy"));
        CHECK(test::error_of([&] { return TrustPolicy::load(folder / "none.yaml"); }).kind() ==
              ErrorKind::not_found);
    }
}

}  // namespace modelseal::sigstore
