// From a key to a complete bundle: sign, have it timed, have it logged.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/signature.hpp"
#include "common/http/transport.hpp"
#include "common/services/signing_services.hpp"
#include "common/sigstore/format/bundle_maker.hpp"

#include <optional>

namespace modelseal::services {

/// Has every timestamp authority of `services` time what `key` signed and then every log log it,
/// and returns the bundle. With `certificate` (DER, of the key) it is that of the certificate, else
/// that of the key. What the services state is about this signature, but whether they are trusted
/// is not checked: that is verification. Errors: of the services; once the signature is in a log,
/// the message says in which, and at which index.
[[nodiscard]] sigstore::Bundle complete_bundle(http::Transport& transport,
                                               const SigningServices& services,
                                               sigstore::SignedPayload made,
                                               const crypto::PublicKey& key,
                                               const std::optional<core::Bytes>& certificate = {});

/// Makes bundles of a key, timed and logged.
class LoggedKeyBundleMaker final : public sigstore::BundleMaker {
  public:
    /// `transport` and `key` outlive this.
    LoggedKeyBundleMaker(http::Transport& transport, SigningServices services, crypto::Signer& key)
        : transport_(transport), services_(std::move(services)), key_(key) {}

    /// Errors: also usage (unsupported), before anything is signed, for a signature of an Ed25519
    /// key that a log could not check; as complete_bundle().
    [[nodiscard]] sigstore::Bundle make(const sigstore::Payload& payload) override;

  private:
    http::Transport& transport_;
    SigningServices services_;
    crypto::Signer& key_;
};

}  // namespace modelseal::services
