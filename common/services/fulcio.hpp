// Certificates for a few minutes, from Fulcio. Spec: fulcio.proto v2, CreateSigningCertificate.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/signature.hpp"
#include "common/http/transport.hpp"
#include "common/services/identity_token.hpp"

#include <string_view>
#include <vector>

namespace modelseal::services {

/// A Fulcio, by its base URL.
struct CertificateAuthority {
    http::Url url;
};

/// The certificates of an answer, leaf first, as DER. Errors: malformed (neither form of a signed
/// certificate, no certificate, more than 10, one that is not exactly one PEM block).
[[nodiscard]] std::vector<core::Bytes> parse_fulcio_answer(std::string_view json);

/// Proves to have `key` and asks for a certificate of it in the name of the token's subject.
/// Returns the chain, leaf first; the leaf is of that key. Whether a trusted authority issued it is
/// not checked. Tries twice at most. Errors: usage (no TLS), denied (Fulcio refuses, or certifies
/// another key), unavailable, not_found, malformed; of the signer.
[[nodiscard]] std::vector<core::Bytes> request_certificate(http::Transport& transport,
                                                           const CertificateAuthority& authority,
                                                           const IdentityToken& token,
                                                           crypto::Signer& key);

}  // namespace modelseal::services
