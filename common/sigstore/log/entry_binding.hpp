// Whether the body of a log entry is about a signature.
#pragma once

#include "common/sigstore/format/log_entry.hpp"
#include "common/sigstore/log/entry_body.hpp"
#include "common/sigstore/log/signed_content.hpp"

namespace modelseal::sigstore {

/// Returns the kind of `entry` if its body has this very signature, signer and content: what it
/// says for Rekor v1; for v2 it must be what it would be if it were written anew.
/// Errors: mismatch (log_mismatch, unsupported); malformed.
[[nodiscard]] EntryKind verify_entry_binding(const LogEntry& entry,
                                             const SignedContent& signed_content);

}  // namespace modelseal::sigstore
