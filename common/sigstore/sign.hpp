// Making signatures of artifacts and storing them where verifiers look.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/store.hpp"

#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// Signs the statement that `artifact` is signed, with `annotations` in it, and returns the bundle
/// as cosign writes it. Errors: of the signer.
[[nodiscard]] std::string sign_artifact(const digest::Digest& artifact,
                                        const oci::Annotations& annotations,
                                        crypto::Signer& signer);

/// Stores a bundle as a referrer of `subject`, with the manifest that cosign writes, and returns
/// that manifest's descriptor. `store` may be another repository than the subject's. Errors: of the
/// store.
oci::Descriptor push_bundle(oci::Store& store,
                            const oci::Descriptor& subject,
                            std::string_view bundle,
                            const core::Timestamp& created);

/// A signature in the format of cosign 2.
struct LegacySignature {
    std::string payload;    // simple signing, as it was signed
    std::string signature;  // base64
};

/// Signs for verifiers that do not know bundles. `docker_reference` is "registry/repository".
/// Errors: of the signer.
[[nodiscard]] LegacySignature sign_artifact_legacy(const digest::Digest& artifact,
                                                   std::string_view docker_reference,
                                                   const oci::Annotations& annotations,
                                                   crypto::Signer& signer);

/// Appends to the signatures at the artifact's legacy tag, unless `key` has signed the same payload
/// there already. A tag cannot be updated atomically: it is read back, and the append repeated
/// until the signature is in it. Errors: of the store; unavailable when others keep overwriting the
/// tag.
void push_legacy_signature(oci::Store& store,
                           const digest::Digest& artifact,
                           const LegacySignature& signature,
                           const crypto::PublicKey& key);

}  // namespace modelseal::sigstore
