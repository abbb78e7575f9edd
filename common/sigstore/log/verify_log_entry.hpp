// Whether a signature is in a transparency log that is trusted, and since when.
// Spec: sigstore, client specification, "Verification of a log entry".
#pragma once

#include "common/core/time.hpp"
#include "common/sigstore/format/log_entry.hpp"
#include "common/sigstore/log/signed_content.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelseal::sigstore {

/// An entry of a trusted log about the signature.
struct VerifiedLogEntry {
    std::string log;  // its base URL
    std::uint64_t index;
    bool inclusion_proved;  // otherwise the log only promised to include it
    /// When the log took the entry in; only from a promise that verified: a proof says nothing of
    /// the time, and Rekor v2 gives none.
    std::optional<core::Timestamp> integrated;
    /// When the log's key counts. A proof may come from any time: without `integrated` the caller
    /// must know a time of the signature that lies in it.
    Validity validity;
};

/// Returns only if `entry` is one of a log of `root`, about `signed_content`: what it promises and
/// what it proves must both hold, and its time must lie in the validity of the signer's
/// certificate.
/// Errors: mismatch (untrusted_log: of no trusted log, or a promise that does not verify;
/// log_mismatch: about something else, or without or with a wrong proof; bad_signature: of its
/// checkpoint; certificate_expired; unsupported); malformed (a body or checkpoint that cannot be
/// read).
[[nodiscard]] VerifiedLogEntry verify_log_entry(const LogEntry& entry,
                                                const SignedContent& signed_content,
                                                const TrustedRoot& root);

/// Those of `entries` that verify, at least one. An entry that no trusted log vouches for
/// (untrusted_log) does not count; one that a trusted log has and that is wrong is an error, even
/// beside others. Errors: as verify_log_entry(); mismatch (untrusted_log) when none is left.
[[nodiscard]] std::vector<VerifiedLogEntry> verify_log_entries(std::span<const LogEntry> entries,
                                                               const SignedContent& signed_content,
                                                               const TrustedRoot& root);

}  // namespace modelseal::sigstore
