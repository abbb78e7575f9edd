// What `verify` prints: exactly what was proved, and what was not asked.
#pragma once

#include "common/core/json.hpp"
#include "common/sigstore/demands.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace modelseal::commands::cosign {

/// An artifact as it was asked for, and the signature that verified.
struct VerifiedArtifact {
    std::string reference;
    sigstore::VerifiedArtifact verified;
};

/// The members that `cosign verify` prints (critical, optional), and `verified` with what was
/// proved.
[[nodiscard]] core::Json to_json(const VerifiedArtifact& artifact);

/// What was looked at and does not count.
[[nodiscard]] core::Json rejected_json(const std::vector<sigstore::RejectedCandidate>& rejected);

void print_text(std::ostream& out, const VerifiedArtifact& artifact);

}  // namespace modelseal::commands::cosign
