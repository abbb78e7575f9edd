// Timestamps: an authority's word that it saw some bytes at some time.
// Spec: RFC 3161; RFC 5816; sigstore client specification, "Timestamp authority".
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/x509/certificate.hpp"

#include <span>

namespace modelseal::crypto {

/// Returns the time at which `authority` saw `message`, by a DER TimeStampResp over SHA-256,
/// SHA-384 or SHA-512 of it, without the fraction of the second.
///
/// `authority` is leaf-first, its last certificate the one that is trusted. Where the first is no
/// CA, it and no other may have signed; else the signer's certificate comes in the response. The
/// signer's certificate is for timestamping alone and the whole path is valid at that time. Whether
/// the time is one at which the authority itself was trusted is the caller's to check.
///
/// Errors: malformed (not one response, or bytes behind it);
/// mismatch (untrusted_timestamp: refused, over other bytes, not by this authority, bad signature;
/// certificate_expired: a certificate of the path was not valid at that time).
[[nodiscard]] core::Timestamp verify_timestamp(std::span<const std::byte> response,
                                               std::span<const std::byte> message,
                                               std::span<const Certificate> authority);

}  // namespace modelseal::crypto
