// A log that a trusted root names. Spec: sigstore protobuf-specs, TransparencyLogInstance.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/public_key.hpp"
#include "common/sigstore/trust/validity.hpp"

#include <string>

namespace modelseal::sigstore {

/// A signature log (Rekor) or a certificate transparency log.
struct TransparencyLog {
    std::string base_url;
    crypto::PublicKey key;
    core::Bytes id;  // what entries and promises name it by, as the trusted root gives it
    Validity validity;

    /// The host of base_url, without port: what checkpoints of Rekor v2 are named after.
    [[nodiscard]] std::string host() const;
};

}  // namespace modelseal::sigstore
