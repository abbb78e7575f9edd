// Signing without a key of one's own: an ephemeral key, and a certificate of who used it.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/signature.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/http/transport.hpp"
#include "common/services/identity_token.hpp"
#include "common/services/signing_services.hpp"
#include "common/sigstore/format/bundle_maker.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace modelseal::services {

/// A new ECDSA P-256 key that exists in memory only. Errors: internal.
[[nodiscard]] std::unique_ptr<crypto::Signer> ephemeral_key();

/// Gives the token that is signed with. It is called once, with the first signature: tokens are
/// good for minutes, and what is signed may take longer to read.
using TokenSource = std::function<IdentityToken()>;

/// Makes bundles in the name of a token's subject. Its key is one for all of them: the certificate
/// is asked for with the first signature, used again while it is valid, and renewed while the token
/// is.
class KeylessSigner final : public sigstore::BundleMaker {
  public:
    /// Errors: usage when the services make no signature that can be verified later: there must be
    /// a certificate authority, a log, and something that states the time (a timestamp authority
    /// or Rekor v1). `transport` and `clock` outlive this.
    KeylessSigner(http::Transport& transport,
                  SigningServices services,
                  TokenSource token_source,
                  const core::Clock& clock,
                  std::string audience = std::string(default_audience),
                  std::unique_ptr<crypto::Signer> key = ephemeral_key());

    /// Errors: denied (the token expired or is not for the audience; a service refuses),
    /// unavailable, not_found, malformed (also a certificate that names nobody, before
    /// anything is logged in its name); of the token's source; as complete_bundle().
    [[nodiscard]] sigstore::Bundle make(const sigstore::Payload& payload) override;

  private:
    void ensure_certificate();

    http::Transport& transport_;
    SigningServices services_;
    TokenSource token_source_;
    std::optional<IdentityToken> token_{};
    const core::Clock& clock_;
    std::string audience_;
    std::unique_ptr<crypto::Signer> key_;
    std::optional<crypto::Certificate> certificate_{};
};

}  // namespace modelseal::services
