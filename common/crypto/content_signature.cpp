#include "common/crypto/content_signature.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"

namespace modelseal::crypto {

DigestSignature::DigestSignature(Signer& signer)
    : signer_(signer), hasher_(native_hash(signer.public_key().algorithm())) {}

SignedContent DigestSignature::finish() {
    MessageDigest digest = hasher_.finish();
    core::Bytes signature = signer_.sign_digest(digest.bytes);
    return {std::move(digest), std::move(signature)};
}

void WholeMessageSignature::write(std::span<const std::byte> bytes) {
    if (bytes.size() > limit - message_.size()) {
        throw core::Error(core::ErrorKind::usage,
                          core::Reason::unsupported,
                          core::concat("an Ed25519 key signs whole messages, and this one is not "
                                       "given more than ",
                                       core::human_size(limit),
                                       "; sign with an ECDSA key"));
    }
    message_.insert(message_.end(), bytes.begin(), bytes.end());
}

SignedContent WholeMessageSignature::finish() {
    return {{HashAlgorithm::sha256, hash_of(HashAlgorithm::sha256, message_)},
            signer_.sign(message_)};
}

}  // namespace modelseal::crypto
