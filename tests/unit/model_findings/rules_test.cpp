#include "common/model/findings/rules.hpp"

#include "common/core/files/file.hpp"
#include "common/core/text.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {
constexpr int rule_count = static_cast<int>(RuleId::findings_left_out) + 1;
}

TEST_SUITE("model/findings/rules") {
    TEST_CASE("docs/check-rules.md says of every rule what the table says") {
        const std::string page = core::read_small_file("docs/check-rules.md", 1U << 20U);
        for (int i = 0; i < rule_count; ++i) {
            const Rule& rule = rule_of(static_cast<RuleId>(i));
            const std::string row = core::concat("| `",
                                                 rule.name,
                                                 "` | ",
                                                 to_string(rule.recommended),
                                                 " | ",
                                                 to_string(rule.strict),
                                                 " | ",
                                                 to_string(rule.reference),
                                                 " | ",
                                                 rule.allowable ? "yes" : "no",
                                                 " | ");
            CAPTURE(row);
            CHECK(page.find(row) != std::string::npos);
        }
    }

    TEST_CASE("names are unique, and strict is never laxer than recommended") {
        std::set<std::string_view> names;
        for (int i = 0; i < rule_count; ++i) {
            const Rule& rule = rule_of(static_cast<RuleId>(i));
            CHECK(names.insert(rule.name).second);
            CHECK(find_rule(rule.name) == &rule);
            CHECK(rule.strict >= rule.recommended);
            CHECK(rule.recommended >= rule.reference);
        }
        CHECK(find_rule("no/rule") == nullptr);
    }

    TEST_CASE("policies have names that lead back to them") {
        for (const Policy policy : {Policy::recommended, Policy::strict, Policy::reference}) {
            CHECK(parse_policy(to_string(policy)) == policy);
        }
        CHECK_FALSE(parse_policy("lenient").has_value());
    }
}

}  // namespace modelseal::model
