// Signing an artifact where it is stored.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/signature.hpp"
#include "common/oci/store.hpp"

#include <optional>
#include <string>

namespace modelseal::artifact {

struct SigningRequest {
    oci::Descriptor subject;         // of the manifest to sign
    std::string docker_reference{};  // "registry/repository": legacy signatures state it
    oci::Annotations annotations{};  // from annotations_to_sign()
    core::Timestamp created;         // SOURCE_DATE_EPOCH, else now
    bool upload = true;
    bool legacy = false;  // also for verifiers that do not know bundles
};

struct SignedArtifact {
    std::string bundle;  // the exact bytes
    crypto::PublicKey key;
    std::optional<oci::Descriptor>
        referrer{};  // the manifest that holds it; nothing without upload
};

/// Signs `request.subject` and stores the signature in `signatures`, normally the store of the
/// artifact itself. Errors: of the signer and the store.
SignedArtifact sign(oci::Store& signatures, const SigningRequest& request, crypto::Signer& signer);

}  // namespace modelseal::artifact
