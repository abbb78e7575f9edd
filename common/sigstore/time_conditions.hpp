// What the trusted times of a signature must show, whoever made it.
#pragma once

#include "common/sigstore/authentication.hpp"

#include <span>

namespace modelseal::sigstore {

/// Errors: mismatch (no_trusted_time) when no authority has stamped it and `requirements` ask so.
void require_timestamp(const Requirements& requirements, std::span<const TrustedTime> times);

/// A proof of a log says nothing of the time, and its key may be in other hands since: some trusted
/// time must be one at which the key counted. Errors: mismatch (untrusted_log).
void require_logs_in_use(std::span<const VerifiedLogEntry> entries,
                         std::span<const TrustedTime> times);

/// For the question what would have been accepted at an earlier time.
/// Errors: mismatch (no_trusted_time).
void require_made_by_then(std::span<const TrustedTime> times, const Trust& trust);

}  // namespace modelseal::sigstore
