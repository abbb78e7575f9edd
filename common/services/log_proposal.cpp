#include "common/services/log_proposal.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "common/sigstore/log/entry_binding.hpp"

namespace modelseal::services {

namespace {

std::variant<sigstore::Envelope, sigstore::MessageSignature> content_of(
    const LogProposal& proposal) {
    if (proposal.envelope) {
        sigstore::Envelope envelope = *proposal.envelope;
        envelope.signature = proposal.signature;
        return envelope;
    }
    const auto hash = sigstore::hash_name(crypto::native_hash(proposal.key.algorithm()));
    return sigstore::MessageSignature{.digest_algorithm = std::string(hash),
                                      .digest = proposal.digest,
                                      .signature = proposal.signature};
}

/// As verifiers see it.
sigstore::SignedContent signed_content_of(const LogProposal& proposal) {
    if (proposal.certificate) {
        return {.signer = crypto::Certificate::parse_der(*proposal.certificate),
                .content = content_of(proposal)};
    }
    return {.signer = proposal.key, .content = content_of(proposal)};
}

}  // namespace

std::string LogProposal::verifier_pem() const {
    return certificate ? crypto::to_pem("CERTIFICATE", *certificate) : key.to_pem();
}

void check_entry(const sigstore::LogEntry& entry, const LogProposal& proposal) {
    const sigstore::SignedContent content = signed_content_of(proposal);
    try {
        static_cast<void>(sigstore::verify_entry_binding(entry, content));
    } catch (const core::Error& error) {
        throw core::Error(
            core::ErrorKind::denied,
            core::Reason::service_error,
            core::concat(
                "its entry ", entry.log_index, " is about something else: ", error.message()));
    }
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
