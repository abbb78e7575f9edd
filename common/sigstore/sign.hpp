// Making signatures of artifacts and storing them where verifiers look.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/store.hpp"
#include "common/sigstore/format/bundle_maker.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/signing_record.hpp"

#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// A signed statement, in the two forms in which it is stored.
struct SignedStatement {
    std::string bundle;    // as cosign 3 writes it
    std::string envelope;  // the DSSE envelope alone, as cosign 2 keeps it
    SigningRecord record;
};

/// Signs the statement that `artifact` is signed, with `annotations` in it, as `cosign sign` does.
/// Errors: of `maker`.
[[nodiscard]] SignedStatement sign_artifact(const digest::Digest& artifact,
                                            const oci::Annotations& annotations,
                                            BundleMaker& maker);

/// A predicate about an artifact.
struct AttestedPredicate {
    std::string type;  // a URI
    std::string json;  // from make_predicate()
};

/// Signs the statement that `predicate` is true of `artifact`, as `cosign attest` does. `name` is
/// "registry/repository", or nothing. Errors: of `maker`.
[[nodiscard]] SignedStatement attest_artifact(const digest::Digest& artifact,
                                              std::string_view name,
                                              const AttestedPredicate& predicate,
                                              BundleMaker& maker);

/// Signs an in-toto statement as it is. Errors: malformed for what is none; of `maker`.
[[nodiscard]] SignedStatement sign_statement(std::string statement, BundleMaker& maker);

/// Stores a bundle as a referrer of `subject`, with the manifest that cosign writes, and returns
/// that manifest's descriptor. `store` may be another repository than the subject's;
/// `predicate_type` is that of the statement in the bundle. Errors: of the store.
oci::Descriptor push_bundle(oci::Store& store,
                            const oci::Descriptor& subject,
                            std::string_view bundle,
                            const core::Timestamp& created,
                            std::string_view predicate_type = predicate_types::cosign_sign);

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

/// Appends an envelope from attest_artifact() to those at the artifact's legacy tag for
/// attestations. Errors: as push_legacy_signature().
void push_legacy_attestation(oci::Store& store,
                             const digest::Digest& artifact,
                             std::string_view envelope,
                             std::string_view predicate_type);

}  // namespace modelseal::sigstore
