// Reading one rule of a policy document. Included by .cpp files of this folder only.
#pragma once

#include "common/sigstore/policy/signer_reader.hpp"
#include "common/sigstore/policy/trust_policy.hpp"

namespace modelseal::sigstore {

/// A rule and everything that it demands.
/// Errors: malformed; usage for demands that contradict each other.
[[nodiscard]] PolicyRule read_rule(const Node& node, SignerReader& signers);

}  // namespace modelseal::sigstore
