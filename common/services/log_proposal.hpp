// A signature as a transparency log is told about it.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/public_key.hpp"
#include "common/sigstore/format/dsse.hpp"
#include "common/sigstore/format/log_entry.hpp"

#include <optional>
#include <string>

namespace modelseal::services {

/// What goes into a log. Only logs of Rekor v1 know envelopes; for others the digest of an
/// envelope's pre-authentication encoding stands for it.
struct LogProposal {
    core::Bytes digest;     // of what was signed, by the key's own hash
    core::Bytes signature;  // over what was signed
    crypto::PublicKey key;
    std::optional<core::Bytes> certificate{};      // of the key, DER: logged in its place
    std::optional<sigstore::Envelope> envelope{};  // nothing: the artifact itself was signed

    /// The certificate or the key, as PEM.
    [[nodiscard]] std::string verifier_pem() const;
};

/// Rather now than when somebody verifies. Errors: denied (service_error) for an entry about
/// another signature, signer or content, or one whose body is none of its kind.
void check_entry(const sigstore::LogEntry& entry, const LogProposal& proposal);

/// Errors: usage (unsupported) for an Ed25519 key, whose signatures cannot be checked from a digest
/// as logs do: they take only the prehashed form, which verifiers do not agree on.
void check_loggable_digest(const crypto::PublicKey& key);

}  // namespace modelseal::services
