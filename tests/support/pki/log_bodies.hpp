// The bodies of log entries of every kind, as the two Rekors write them.
#pragma once

#include "common/core/bytes.hpp"

#include <string>
#include <string_view>

namespace modelseal::pki {

/// What a body is made of; each may be another than what was signed.
struct BodyFields {
    core::Bytes signature;
    std::string signer_pem{};  // v1: a certificate or a public key
    core::Bytes signer_der{};  // v2
    bool is_certificate = false;
    std::string key_details = "PKIX_ECDSA_P256_SHA_256";  // v2
    std::string algorithm = "sha256";                     // v2: "SHA2_256"
    core::Bytes digest{};                                 // of the message, or of the payload
};

[[nodiscard]] std::string hashedrekord_v1(const BodyFields& fields);
[[nodiscard]] std::string dsse_v1(const BodyFields& fields);
[[nodiscard]] std::string intoto_v1(const BodyFields& fields);
[[nodiscard]] std::string hashedrekord_v2(const BodyFields& fields);

}  // namespace modelseal::pki
