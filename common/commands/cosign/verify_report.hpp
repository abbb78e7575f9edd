// What `verify` prints: exactly what was proved, and what was not asked.
#pragma once

#include "common/core/json.hpp"
#include "common/sigstore/verify.hpp"

#include <iosfwd>
#include <string>

namespace modelseal::commands::cosign {

/// An artifact as it was asked for, and the signature that verified.
struct VerifiedArtifact {
    std::string reference;
    sigstore::VerifiedSignature signature;
};

/// The members that `cosign verify` prints (critical, optional), and `verified` with what was
/// proved.
[[nodiscard]] core::Json to_json(const VerifiedArtifact& artifact);

void print_text(std::ostream& out, const VerifiedArtifact& artifact);

}  // namespace modelseal::commands::cosign
