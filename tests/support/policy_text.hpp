// Trust policies as text, put together from the part that a test is about.
#pragma once

#include "common/core/text.hpp"

#include <string>
#include <string_view>

namespace modelseal::test {

inline constexpr std::string_view policy_head =
    "schema: modelseal.trust-policy/v1\n"
    "serial: 7\n"
    "expires: 2027-01-31T00:00:00Z\n";

inline constexpr std::string_view policy_key_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view training_identity =
    "issuer: https://token.actions.githubusercontent.com, "
    "subject: https://github.com/myorg/training-pipeline/*";

/// The head, the brief's identity under the name `ci`, and `rest`.
inline std::string policy_with(std::string_view rest) {
    return core::concat(policy_head, "signers:\n  ci: {", training_identity, "}\n", rest);
}

/// One rule for the model `fraud-detector`, signed by `ci`, with more lines of its own.
inline std::string policy_with_rule(std::string_view lines) {
    std::string rule = "models:\n  - model: fraud-detector\n    signers: [ci]\n";
    for (const std::string& line : core::split(lines, '\n')) {
        if (!line.empty()) {
            rule.append(core::concat("    ", line, '\n'));
        }
    }
    return policy_with(rule);
}

/// One rule whose only signer has these fields, in flow style.
inline std::string policy_with_signer(std::string_view fields) {
    return core::concat(
        policy_head, "models:\n  - model: m\n    signers:\n      - {", fields, "}\n");
}

}  // namespace modelseal::test
