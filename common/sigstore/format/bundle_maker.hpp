// The seam behind which signatures are made: by a key, or in somebody's name, with or without
// services that log and time them.
#pragma once

#include "common/crypto/signature.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/payload.hpp"

namespace modelseal::sigstore {

class BundleMaker {
  public:
    BundleMaker() = default;
    BundleMaker(const BundleMaker&) = delete;
    BundleMaker& operator=(const BundleMaker&) = delete;
    BundleMaker(BundleMaker&&) = delete;
    BundleMaker& operator=(BundleMaker&&) = delete;
    virtual ~BundleMaker() = default;

    /// Signs `payload` and returns the signature with all that is known about it. The payload is
    /// read and signed before any service is asked. Errors: of the payload, the signer and the
    /// services.
    [[nodiscard]] virtual Bundle make(const Payload& payload) = 0;
};

/// Makes bundles of a key, with nothing else in them: no service is asked.
class KeyBundleMaker final : public BundleMaker {
  public:
    /// `key` outlives this.
    explicit KeyBundleMaker(crypto::Signer& key) noexcept : key_(key) {}

    [[nodiscard]] Bundle make(const Payload& payload) override;

  private:
    crypto::Signer& key_;
};

/// A payload that is signed, and what of it logs are told.
struct SignedPayload {
    std::variant<Envelope, MessageSignature> content;
    core::Bytes digest;  // of what was signed, by the key's own hash; SHA-256 for Ed25519

    [[nodiscard]] const core::Bytes& signature() const noexcept;
};

/// Errors: of the payload and the signer.
[[nodiscard]] SignedPayload sign_payload(const Payload& payload, crypto::Signer& key);

}  // namespace modelseal::sigstore
