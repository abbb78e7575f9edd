// When a signature existed, as those say who are trusted to know. Included by .cpp files only.
#pragma once

#include "common/sigstore/authentication.hpp"

#include <span>
#include <vector>

namespace modelseal::sigstore {

/// The times of the timestamps in `bundle` that an authority of the root made over its signature,
/// at a moment at which it was trusted. A timestamp of nobody trusted says nothing. Errors:
/// mismatch (untrusted_timestamp, certificate_expired) when there are timestamps and none counts;
/// malformed for one that is none.
[[nodiscard]] std::vector<TrustedTime> timestamp_times(const Bundle& bundle,
                                                       const TrustedRoot& root);

/// Those of log entries that vouch for a time.
[[nodiscard]] std::vector<TrustedTime> log_times(std::span<const VerifiedLogEntry> entries);

}  // namespace modelseal::sigstore
