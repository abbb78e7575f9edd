// Whether a certificate names a trusted identity.
#pragma once

#include "common/sigstore/certificate/identity.hpp"
#include "common/sigstore/requirements.hpp"

#include <optional>
#include <string>

namespace modelseal::sigstore {

/// Why `certified` is not `trusted`; nothing when it is. What is asked and not certified differs.
/// Repository id, ref and trigger are those of the source (1.3.6.1.4.1.57264.1.15, .14, .20), ref
/// and trigger of older certificates those of the GitHub workflow (.6, .2).
[[nodiscard]] std::optional<std::string> why_identity_differs(const TrustedIdentity& trusted,
                                                              const CertificateIdentity& certified);

}  // namespace modelseal::sigstore
