// fuzz: sigstore_policy
#include "common/sigstore/policy/policy_test_table.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto table = sigstore::PolicyTestTable::parse(core::as_text(input));
        if (table.cases.empty()) {
            std::abort();  // a test that tests nothing would always pass
        }
        for (const sigstore::PolicyTestCase& one : table.cases) {
            if (one.reference.empty() || (one.is_layout && !one.model) ||
                (one.accepted && one.reason)) {
                std::abort();
            }
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
