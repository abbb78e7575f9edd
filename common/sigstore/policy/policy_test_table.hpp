// A table of artifacts and what a trust policy is expected to say of each.
// Spec: docs/trust-policy.md, schemas/policy-test.schema.json.
#pragma once

#include "common/core/reason.hpp"
#include "common/core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

inline constexpr std::string_view policy_test_schema = "modelseal.policy-test/v1";

struct PolicyTestCase {
    std::string reference;
    bool is_layout = false;              // the reference is a folder; it then names its model
    std::optional<std::string> model{};  // else the one by the reference
    std::optional<core::Timestamp> at{};
    bool accepted = false;  // what is expected
    /// Why it is expected to be rejected; nothing: for any reason.
    std::optional<core::Reason> reason{};
    std::size_t line = 1;  // in the table
};

struct PolicyTestTable {
    std::optional<std::string> policy{};  // a path from the table's folder
    std::vector<PolicyTestCase> cases{};  // never empty

    /// Reads a table in YAML or JSON as strictly as a policy.
    /// Errors: malformed, with line and column; usage for a case that contradicts itself.
    [[nodiscard]] static PolicyTestTable parse(std::string_view text);
};

}  // namespace modelseal::sigstore
