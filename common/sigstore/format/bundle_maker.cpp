#include "common/sigstore/format/bundle_maker.hpp"

#include "common/crypto/hash.hpp"
#include "common/sigstore/format/algorithm_names.hpp"

#include <utility>

namespace modelseal::sigstore {

namespace {

SignedPayload sign_one(const EnvelopePayload& payload, crypto::Signer& key) {
    const std::string message = pre_authentication_encoding(payload.type, payload.content);
    const auto hash = crypto::native_hash(key.public_key().algorithm());
    return {.content = Envelope{.payload_type = payload.type,
                                .payload = payload.content,
                                .signature = key.sign(core::as_bytes(message))},
            .digest = crypto::hash_of(hash, core::as_bytes(message))};
}

SignedPayload sign_one(const MessagePayload& payload, crypto::Signer& key) {
    crypto::SignedContent made = payload.sign(key);
    return {.content =
                MessageSignature{.digest_algorithm = std::string(hash_name(made.digest.algorithm)),
                                 .digest = made.digest.bytes,
                                 .signature = std::move(made.signature)},
            .digest = std::move(made.digest.bytes)};
}

}  // namespace

const core::Bytes& SignedPayload::signature() const noexcept {
    const auto* envelope = std::get_if<Envelope>(&content);
    return envelope != nullptr ? envelope->signature
                               : std::get_if<MessageSignature>(&content)->signature;
}

SignedPayload sign_payload(const Payload& payload, crypto::Signer& key) {
    return std::visit([&](const auto& kind) { return sign_one(kind, key); }, payload);
}

Bundle KeyBundleMaker::make(const Payload& payload) {
    return {.material = key_material(key_.public_key().fingerprint()),
            .content = sign_payload(payload, key_).content};
}

}  // namespace modelseal::sigstore
