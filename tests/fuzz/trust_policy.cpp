// fuzz: sigstore_policy
#include "common/sigstore/policy/trust_policy.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/policy_text.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto policy = sigstore::TrustPolicy::parse(
            core::as_text(input),
            [](std::string_view) { return std::string(test::policy_key_pem); });
        for (const sigstore::PolicyRule& rule : policy.rules()) {
            const auto demanded = policy.requirements_for({.name = rule.names.at(0)});
            if (demanded.empty() || demanded.front().signers.empty()) {
                std::abort();  // a model that is named is never accepted from anybody
            }
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
