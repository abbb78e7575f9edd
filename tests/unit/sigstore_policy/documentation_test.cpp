// Every policy that the documentation shows is one.
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/trust_policy.hpp"
#include "tests/support/data.hpp"

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

/// The policies of docs/trust-policy.md, by the heading above each.
const std::map<std::string, TrustPolicy>& documented() {
    static const auto policies = [] {
        constexpr std::string_view fence = "```";
        std::map<std::string, TrustPolicy> found;
        std::string heading;
        std::string block;
        bool is_inside = false;
        const std::string page = test::read_data("../../docs/trust-policy.md");
        for (const std::string& line : core::split(page, '\n')) {
            if (line.starts_with("## ")) {
                heading = line.substr(3);
            } else if (line == "```yaml") {
                is_inside = true;
                block.clear();
            } else if (line == fence && is_inside) {
                is_inside = false;
                found.emplace(heading, TrustPolicy::parse(block, [](std::string_view path) {
                                  CHECK(path == "keys/release-2026.pub");
                                  return test::read_data("cosign/keys/p384.pub");
                              }));
            } else if (is_inside) {
                block.append(core::concat(line, '\n'));
            }
        }
        return found;
    }();
    return policies;
}

const TrustPolicy& policy(const std::string& heading) {
    REQUIRE(documented().contains(heading));
    return documented().at(heading);
}

}  // namespace

TEST_SUITE("sigstore/policy/documentation") {
    TEST_CASE("shows four policies that can be read") {
        CHECK(documented().size() == 4);
    }

    TEST_CASE("the identity of a training pipeline") {
        const auto all = policy("An identity of a training pipeline")
                             .requirements_for({.name = "fraud-detector"});
        const auto& identity = std::get<TrustedIdentity>(all.at(0).signers.at(0));
        CHECK(
            identity.subject.matches("https://github.com/myorg/training-pipeline/"
                                     ".github/workflows/train.yml@refs/heads/main"));
        CHECK(identity.repository_id == "123456789");
        CHECK(all.at(0).min_version == "2.3.0");
        CHECK(all.at(0).same_commit);
    }

    TEST_CASE("a single key for every model") {
        const auto all = policy("A single key").requirements_for({.name = "anything"});
        CHECK(std::get<TrustedKey>(all.at(0).signers.at(0)).key ==
              crypto::PublicKey::parse_pem(test::read_data("cosign/keys/p256.pub")));
    }

    TEST_CASE("a replaced key that leaked, and its successor") {
        const auto all = policy("A key is replaced, and the old one leaked")
                             .requirements_for({.name = "credit-scorer"});
        const auto& old = std::get<TrustedKey>(all.at(0).signers.at(0));
        const auto& next = std::get<TrustedKey>(all.at(0).signers.at(1));
        CHECK(old.compromised_at->to_string() == "2026-02-14T08:00:00Z");
        CHECK(old.validity->end->to_string() == "2026-03-31T23:59:59Z");
        CHECK(next.validity->start.to_string() == "2026-02-15T00:00:00Z");
    }

    TEST_CASE("provenance by somebody else, and a second signature for one model") {
        const TrustPolicy& shown = policy("A signature, and provenance by somebody else");
        CHECK(shown.requirements_for({.name = "fraud-scorer"}).size() == 3);
        const auto all = shown.requirements_for({.name = "fraud-detector"});
        REQUIRE(all.size() == 4);
        CHECK(std::get<TrustedIdentity>(all[1].signers.at(0))
                  .subject.matches(
                      "https://github.com/myorg/builders/.github/workflows/slsa.yml@refs/"
                      "tags/v1.2"));
        CHECK(all[3].predicate_type == predicate_types::cosign_sign);
    }
}

}  // namespace modelseal::sigstore
