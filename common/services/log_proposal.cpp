#include "common/services/log_proposal.hpp"

#include "common/core/error.hpp"
#include "common/crypto/pem.hpp"

namespace modelseal::services {

std::string LogProposal::verifier_pem() const {
    return certificate ? crypto::to_pem("CERTIFICATE", *certificate) : key.to_pem();
}

void check_loggable_digest(const crypto::PublicKey& key) {
    if (key.algorithm() == crypto::KeyAlgorithm::ed25519) {
        throw core::Error(
            core::ErrorKind::usage,
            core::Reason::unsupported,
            "a signature by an Ed25519 key cannot go into this log, which checks "
            "signatures from digests: sign with an ECDSA P-256 key, or without a log");
    }
}

}  // namespace modelseal::services
