#include "common/sigstore/policy/draft_policy.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/trust_policy.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/policy_text.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const core::Timestamp next_year = core::Timestamp::parse("2027-01-31T00:00:00Z");

crypto::PublicKey key() {
    return crypto::PublicKey::parse_pem(test::policy_key_pem);
}

Requirements parsed(const DraftFacts& facts) {
    const auto policy =
        TrustPolicy::parse(draft_policy(facts), [](std::string_view) -> std::string {
            FAIL("a draft names no file");
            return "";
        });
    CHECK(policy.serial() == facts.serial);
    CHECK(policy.expires() == next_year);
    const auto all = policy.requirements_for({.name = facts.model});
    REQUIRE(all.size() == 1);
    return all.front();
}

DraftFacts by_identity(std::string subject, std::string model = "fraud-detector") {
    return {.signer = DraftIdentity{.subject = std::move(subject),
                                    .issuer = "https://token.actions.githubusercontent.com"},
            .model = std::move(model),
            .expires = next_year};
}

}  // namespace

TEST_SUITE("sigstore/policy/draft_policy") {
    TEST_CASE("drafts a policy for a key that demands what the signature states") {
        const Requirements drafted = parsed({.signer = key(),
                                             .model = "fraud-detector",
                                             .version = "v2.3",
                                             .check = "full",
                                             .has_timestamp = true,
                                             .expires = next_year});
        CHECK(std::get<TrustedKey>(drafted.signers.at(0)).key == key());
        CHECK(drafted.min_version == "v2.3");
        CHECK(drafted.check_levels == std::vector<std::string>{"full"});
        CHECK(drafted.require_timestamp);
    }

    TEST_CASE("has the serial that it is given") {
        const DraftFacts facts = {.signer = key(), .model = "m", .expires = next_year, .serial = 6};
        static_cast<void>(parsed(facts));
        CHECK(draft_policy(facts).find("\nserial: 6\n") != std::string::npos);
    }

    TEST_CASE("demands nothing that the signature does not state, or that cannot be compared") {
        const Requirements drafted = parsed({.signer = key(),
                                             .model = "m",
                                             .version = "latest",
                                             .check = "none",
                                             .expires = next_year});
        CHECK_FALSE(drafted.min_version);
        CHECK(drafted.check_levels.empty());
        CHECK_FALSE(drafted.require_timestamp);
        CHECK(parsed({.signer = key(), .model = "m", .check = "header", .expires = next_year})
                  .check_levels == std::vector<std::string>{"full", "header"});
    }

    TEST_CASE("drafts a policy for an identity, exactly as it signed") {
        const std::string subject =
            "https://github.com/myorg/training-pipeline/.github/workflows/train.yml@refs/heads/"
            "main";
        DraftFacts facts = by_identity(subject);
        std::get<DraftIdentity>(facts.signer).repository_id = "123456789";
        std::get<DraftIdentity>(facts.signer).ref = "refs/heads/main";
        const auto drafted = std::get<TrustedIdentity>(parsed(facts).signers.at(0));
        CHECK(drafted.subject == TextPattern::exact(subject));
        CHECK(drafted.issuer.matches("https://token.actions.githubusercontent.com"));
        CHECK(drafted.repository_id == "123456789");
        CHECK(drafted.ref->matches("refs/heads/main"));
    }

    TEST_CASE("names of the run only what a policy can demand of it") {
        DraftFacts facts = by_identity("https://forge.example/team/model");
        std::get<DraftIdentity>(facts.signer).repository_id = "{team}";
        std::get<DraftIdentity>(facts.signer).ref = "main";
        const auto drafted = std::get<TrustedIdentity>(parsed(facts).signers.at(0));
        CHECK_FALSE(drafted.repository_id);
        CHECK_FALSE(drafted.ref);
    }

    TEST_CASE("says of an identity that nobody named that it is not reviewed") {
        DraftFacts facts = by_identity("a@example.com");
        CHECK(draft_policy(facts).find("NOT REVIEWED") == std::string::npos);
        facts.signer_is_unreviewed = true;
        CHECK(draft_policy(facts).find("# NOT REVIEWED") != std::string::npos);
        static_cast<void>(parsed(facts));
    }

    TEST_CASE("accepts the format of cosign 2 exactly where the signature has it") {
        DraftFacts facts{.signer = key(), .model = "m", .expires = next_year};
        CHECK_FALSE(parsed(facts).allow_legacy);
        facts.is_legacy = true;
        CHECK(parsed(facts).allow_legacy);
    }

    TEST_CASE("texts that YAML would take for something else stay texts") {
        for (const std::string name :
             {"no", "null", "1.10", "0x10", "a:b", "#m", "-", "[m]", "m<&>\"'"}) {
            CAPTURE(name);
            CHECK(parsed(by_identity("a@example.com", name)).model->name == name);
        }
    }

    TEST_CASE("refuses facts that would say something else in a policy") {
        for (const std::string name :
             {"*", "fraud-*", "", "a b", "m\nserial: 9", "m\xE2\x80\xAE", "m\xFF"}) {
            CAPTURE(name);
            CHECK(test::error_of([&] {
                      return draft_policy(by_identity("a@example.com", name));
                  }).kind() == core::ErrorKind::malformed);
        }
        for (const std::string subject : {"https://github.com/myorg/*", "*", "", "a\n"}) {
            CAPTURE(subject);
            CHECK(test::error_of([&] { return draft_policy(by_identity(subject)); }).kind() ==
                  core::ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses a wildcard in a name, which would stand for more than signed") {
        const auto refuses = [](const DraftFacts& facts) {
            return test::error_of([&] { return draft_policy(facts); })
                       .message()
                       .find("holds a *") != std::string::npos;
        };
        CHECK(refuses(by_identity("https://github.com/org/*")));
        CHECK(refuses(by_identity("https://github.com/org/repo", "fraud-*")));
        DraftFacts facts = by_identity("https://github.com/org/repo");
        std::get<DraftIdentity>(facts.signer).issuer = "https://*.example.com";
        CHECK(refuses(facts));
        facts = by_identity("https://github.com/org/repo");
        std::get<DraftIdentity>(facts.signer).ref = "refs/heads/*";
        CHECK(refuses(facts));
    }
}

}  // namespace modelseal::sigstore
