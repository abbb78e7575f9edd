// Keys held by a program "sigstore-kms-NAME" on PATH, called as cosign calls it.
// Spec: sigstore, pkg/signature/kms/cliplugin, protocol v1.
#pragma once

#include "common/core/json.hpp"
#include "common/core/subprocess.hpp"
#include "common/crypto/signature.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// One key of one plugin. The program is run once to learn the public key and once per signature.
class KmsPlugin final : public crypto::Signer {
  public:
    /// `name` and `resource` as in "NAME://RESOURCE"; `subprocess` outlives this.
    /// Errors: not_found when there is no such program; unavailable with the plugin's own message;
    /// malformed for an answer that is none, or a key of another type.
    KmsPlugin(core::Subprocess& subprocess, std::string_view name, std::string_view resource);

    [[nodiscard]] const crypto::PublicKey& public_key() const override { return *public_key_; }

    /// The signature is checked with public_key() before it is returned. Errors: as the
    /// constructor's; unavailable when the signature does not verify.
    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) override;

    /// The plugin gets no message beside the digest. Errors: as sign(); usage (unsupported) for
    /// Ed25519.
    [[nodiscard]] core::Bytes sign_digest(std::span<const std::byte> digest) override;

  private:
    [[nodiscard]] core::Bytes request_signature(const core::Json& digest, std::string_view message);

    /// Hands out no signature that public_key() refuses.
    template <typename Verify>
    [[nodiscard]] core::Bytes checked(core::Bytes signature, Verify verify) const;

    [[nodiscard]] core::Json call(std::string_view method,
                                  crypto::HashAlgorithm hash,
                                  const core::Json& method_arguments,
                                  std::string_view input);

    core::Subprocess& subprocess_;
    std::string program_;
    std::string resource_;
    std::optional<crypto::PublicKey> public_key_;  // set by the constructor, never empty after it
};

}  // namespace modelseal::sigstore
