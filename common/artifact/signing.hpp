// Signing an artifact where it is stored.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/signature.hpp"
#include "common/oci/store.hpp"
#include "common/sigstore/format/bundle_maker.hpp"
#include "common/sigstore/signing_record.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace modelseal::artifact {

struct SigningRequest {
    oci::Descriptor subject;         // of the manifest to sign
    std::string docker_reference{};  // "registry/repository": legacy signatures state it
    oci::Annotations annotations{};  // from annotations_to_sign()
    core::Timestamp created;         // SOURCE_DATE_EPOCH, else now
    bool upload = true;
    std::optional<std::filesystem::path> bundle_file{};  // also written there, before the upload
    crypto::Signer* legacy_key = nullptr;  // signs for verifiers that do not know bundles, too
};

struct SignedArtifact {
    std::string bundle;              // the exact bytes
    sigstore::SigningRecord record;  // who signed
    std::optional<oci::Descriptor>
        referrer{};  // the manifest that holds it; nothing without upload
};

/// Signs `request.subject` and stores the signature in `signatures`, normally the store of the
/// artifact itself. Errors: of the signers and the store; once the signature is in a log, the
/// message says in which, and at which index.
SignedArtifact sign(oci::Store& signatures,
                    const SigningRequest& request,
                    sigstore::BundleMaker& maker);

}  // namespace modelseal::artifact
