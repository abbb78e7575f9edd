#include "common/sigstore/policy/policy_test_table.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;

constexpr std::string_view whole =
    "schema: modelseal.policy-test/v1\n"
    "policy: ../policy.yaml\n"
    "cases:\n"
    "  - ref: registry.example.com/models/fraud-detector:v2.3\n"
    "    expect: accepted\n"
    "  - ref: store:v1\n"
    "    oci_layout: true\n"
    "    model: fraud-detector\n"
    "    at: 2026-01-31T00:00:00Z\n"
    "    expect: rejected\n"
    "    reason: OLDER_VERSION\n";

/// A table of one case with these fields, in flow style.
std::string table_with(std::string_view fields) {
    return core::concat("schema: modelseal.policy-test/v1\ncases:\n  - {", fields, "}\n");
}

core::Error refusal(const std::string& text) {
    return test::error_of([&] { return PolicyTestTable::parse(text); });
}

}  // namespace

TEST_SUITE("sigstore/policy/policy_test_table") {
    TEST_CASE("reads what is expected of which artifact") {
        const auto table = PolicyTestTable::parse(whole);
        CHECK(table.policy == "../policy.yaml");
        REQUIRE(table.cases.size() == 2);
        const PolicyTestCase& first = table.cases[0];
        CHECK(first.reference == "registry.example.com/models/fraud-detector:v2.3");
        CHECK(first.accepted);
        CHECK_FALSE(first.is_layout);
        CHECK_FALSE(first.model);
        CHECK_FALSE(first.at);
        CHECK_FALSE(first.reason);
        CHECK(first.line == 4);
        const PolicyTestCase& second = table.cases[1];
        CHECK(second.is_layout);
        CHECK(second.model == "fraud-detector");
        CHECK(second.at == core::Timestamp::parse("2026-01-31T00:00:00Z"));
        CHECK_FALSE(second.accepted);
        CHECK(second.reason == core::Reason::older_version);
        CHECK(second.line == 6);
    }

    TEST_CASE("reads the same in JSON, where the policy need not be named") {
        const auto table = PolicyTestTable::parse(
            R"({"schema":"modelseal.policy-test/v1","cases":[{"ref":"r.example/m:v1","expect":"rejected"}]})");
        CHECK_FALSE(table.policy);
        CHECK_FALSE(table.cases.at(0).accepted);
        CHECK_FALSE(table.cases.at(0).reason);
    }

    TEST_CASE("refuses what is missing, unknown or empty, so that no case is left out unseen") {
        for (const std::string& text :
             {std::string("cases:\n  - {ref: r/m, expect: accepted}\n"),
              std::string("schema: modelseal.policy-test/v1\n"),
              std::string("schema: modelseal.policy-test/v1\ncases: []\n"),
              std::string("schema: modelseal.policy-test/v2\ncases:\n  - {ref: a, expect: "
                          "accepted}\n"),
              std::string("schema: modelseal.policy-test/v1\npolicies: a\ncases:\n  - {ref: a, "
                          "expect: accepted}\n"),
              table_with("expect: accepted"),
              table_with("ref: r.example/m"),
              table_with("ref: \"\", expect: accepted"),
              table_with("ref: r.example/m, expect: accepted, because: REVOKED"),
              table_with("ref: r.example/m, expect: accepted, expect: rejected"),
              table_with("ref: [r.example/m], expect: accepted")}) {
            CAPTURE(text);
            CHECK(refusal(text).kind() == ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses a verdict, a reason, a time and a switch that are none") {
        for (const auto* fields : {"expect: Accepted",
                                   "expect: pass",
                                   "expect: yes",
                                   "expect: rejected, reason: SIGNER_MISMATCH",
                                   "expect: rejected, reason: revoked",
                                   "expect: rejected, reason: NETWORK_ERROR",
                                   "expect: rejected, reason: \"\"",
                                   "expect: accepted, at: yesterday",
                                   "expect: accepted, at: 2026-01-31",
                                   "expect: accepted, model: m, oci_layout: yes",
                                   "expect: accepted, model: m, oci_layout: \"true\""}) {
            CAPTURE(fields);
            const auto error = refusal(table_with(core::concat("ref: r.example/m, ", fields)));
            CHECK(error.kind() == ErrorKind::malformed);
            CHECK(error.message().find("line 3") != std::string::npos);
        }
    }

    TEST_CASE("refuses a reason for what is accepted, and a layout whose model is not named") {
        CHECK(refusal(table_with("ref: r.example/m, expect: accepted, reason: REVOKED")).kind() ==
              ErrorKind::usage);
        CHECK(refusal(table_with("ref: store:v1, expect: accepted, oci_layout: true")).kind() ==
              ErrorKind::malformed);
        CHECK_NOTHROW(static_cast<void>(PolicyTestTable::parse(
            table_with("ref: r.example/m, expect: accepted, oci_layout: false"))));
    }

    TEST_CASE("a table that was cut off within a line is refused") {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(size);
            try {
                const auto table = PolicyTestTable::parse(whole.substr(0, size));
                CHECK(whole[size - 1] == '\n');  // a value is never read in part
                CHECK_FALSE(table.cases.empty());
            } catch (const core::Error& error) {
                CHECK(error.kind() == ErrorKind::malformed);
            }
        }
    }
}

}  // namespace modelseal::sigstore
