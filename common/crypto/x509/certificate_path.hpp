// From a certificate to an authority that somebody trusts. Spec: RFC 5280 section 6; sigstore
// client specification, "Verification: certificate".
#pragma once

#include "common/core/reason.hpp"
#include "common/core/time.hpp"
#include "common/crypto/x509/certificate.hpp"

#include <span>

namespace modelseal::crypto {

/// Returns only if `leaf` may sign code and an unbroken path leads from it to the last certificate
/// of `authority`, all of it valid at the time `at`. That last one is trusted as it is, also when
/// it is an intermediate; the others of `authority` only help to get there, and those of
/// `untrusted` only where `authority` names no intermediate. No other authority counts: no default
/// stores, no network, no revocation lists.
///
/// The leaf is no CA and says codeSigning; every certificate above it is a CA whose path length and
/// key usage allow it, and says codeSigning if it restricts what it is used for. Critical
/// extensions that nobody here knows, SHA-1 and keys under 112 bits of strength are refused.
///
/// Returns the certificate that issued the leaf.
/// Errors: mismatch (untrusted_certificate, certificate_expired).
[[nodiscard]] Certificate verify_code_signing_path(const Certificate& leaf,
                                                   std::span<const Certificate> untrusted,
                                                   std::span<const Certificate> authority,
                                                   core::Timestamp at);

}  // namespace modelseal::crypto
