// What was signed and who signed it: what a log entry has to be about.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/public_key.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/dsse.hpp"

#include <variant>

namespace modelseal::sigstore {

/// Content and signer of a bundle, or of a signature kept in another way. That the signature is one
/// by the signer, and the digest that of the artifact, is for others to check.
struct SignedContent {
    std::variant<crypto::Certificate, crypto::PublicKey> signer;
    std::variant<Envelope, MessageSignature> content;

    [[nodiscard]] const core::Bytes& signature() const noexcept;

    /// The signer's key. Errors: malformed (unsupported).
    [[nodiscard]] crypto::PublicKey key() const;
};

}  // namespace modelseal::sigstore
