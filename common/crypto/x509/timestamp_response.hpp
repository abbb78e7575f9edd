// The form of RFC 3161 responses. Included by .cpp files only.
#pragma once

#include "common/crypto/x509/certificate.hpp"
#include "common/crypto/x509/x509_handles.hpp"

#include <span>
#include <vector>

namespace modelseal::crypto {

/// Exactly one DER TimeStampResp, without bytes behind it or behind the TSTInfo inside.
/// Errors: malformed.
[[nodiscard]] ResponseHandle parse_timestamp_response(std::span<const std::byte> der);

/// The certificates that came with a token; often none. Errors: malformed (also: more than 10).
[[nodiscard]] std::vector<Certificate> embedded_certificates(const PKCS7* token);

/// The one certificate that a token says it is signed with, among those that came with it and
/// `known`. Its signed attributes have the types that a timestamp's must have. Errors: mismatch
/// (untrusted_timestamp).
[[nodiscard]] Certificate timestamp_signer(PKCS7* token, std::span<const Certificate> known);

}  // namespace modelseal::crypto
