// Whether a certificate was promised to be published. Spec: RFC 6962; sigstore client
// specification, "Certificate transparency".
#pragma once

#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/trust/transparency_log.hpp"

#include <cstddef>
#include <span>

namespace modelseal::sigstore {

/// Returns only if at least one SCT embedded in `leaf` verifies: by the key of a log of `ct_logs`
/// that it names, at a time at which that key counts. `issuer` is the certificate that issued the
/// leaf, as verify_code_signing_path() returns it. SCTs of logs that are not known say nothing.
///
/// Returns how many verified.
/// Errors: mismatch (untrusted_log); malformed (the list cannot be read).
std::size_t verify_signed_certificate_timestamps(const crypto::Certificate& leaf,
                                                 const crypto::Certificate& issuer,
                                                 std::span<const TransparencyLog> ct_logs);

}  // namespace modelseal::sigstore
