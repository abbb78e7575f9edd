// Promises of transparency logs to publish a certificate. Spec: RFC 6962 sections 3.2 and 3.3.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/x509/certificate.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace modelseal::sigstore {

/// The extension of a certificate that holds a list of them.
inline constexpr std::string_view sct_list_oid = "1.3.6.1.4.1.11129.2.4.2";

/// One SCT of version 1.
struct SignedCertificateTimestamp {
    core::Bytes log_id;                    // 32 bytes
    std::uint64_t milliseconds = 0;        // since 1970
    core::Bytes extensions{};              // signed as they are
    std::uint8_t hash = 0;                 // TLS numbers (RFC 5246 section 7.4.1.4.1): 4 is SHA-256
    std::uint8_t signature_algorithm = 0;  // 1 is RSA, 3 is ECDSA
    core::Bytes signature{};

    bool operator==(const SignedCertificateTimestamp&) const = default;
};

/// The contents of the extension: a DER OCTET STRING around a TLS list. SCTs of other versions than
/// 1 are left out, as RFC 6962 asks for. Errors: malformed.
[[nodiscard]] std::vector<SignedCertificateTimestamp> parse_sct_list(
    std::span<const std::byte> extension);

/// The bytes that a log signs when it promises to publish `certificate`, which `issuer` issued.
/// Errors: internal (the certificate holds no SCT list).
[[nodiscard]] core::Bytes signed_bytes(const SignedCertificateTimestamp& sct,
                                       const crypto::Certificate& certificate,
                                       const crypto::Certificate& issuer);

}  // namespace modelseal::sigstore
