// The promise of a Rekor v1 log to include an entry, with the time at which it took it in.
// Spec: rekor, "Signed Entry Timestamp"; RFC 8785 for the form of the text.
#pragma once

#include "common/core/time.hpp"
#include "common/sigstore/format/log_entry.hpp"
#include "common/sigstore/trust/transparency_log.hpp"

#include <string>

namespace modelseal::sigstore {

/// What the log signs: body, time, log and index of the entry as canonical JSON.
[[nodiscard]] std::string signed_entry_text(const LogEntry& entry);

/// The time that the log vouches for. It must lie in the validity of the log's key.
/// Errors: mismatch (untrusted_log), also for an entry without a promise; malformed for a time
/// after the year 9999.
[[nodiscard]] core::Timestamp verify_signed_entry_timestamp(const LogEntry& entry,
                                                            const TransparencyLog& log);

}  // namespace modelseal::sigstore
