#include "common/sigstore/log/signed_content.hpp"

namespace modelseal::sigstore {

const core::Bytes& SignedContent::signature() const noexcept {
    if (const auto* envelope = std::get_if<Envelope>(&content)) {
        return envelope->signature;
    }
    return std::get_if<MessageSignature>(&content)->signature;
}

crypto::PublicKey SignedContent::key() const {
    if (const auto* certificate = std::get_if<crypto::Certificate>(&signer)) {
        return certificate->public_key();
    }
    return std::get<crypto::PublicKey>(signer);
}

}  // namespace modelseal::sigstore
