// Rekor v2, a log of tiles. Spec: rekor-tiles, rekor_service.proto, HashedRekordRequestV002.
#pragma once

#include "common/http/transport.hpp"
#include "common/services/log_proposal.hpp"
#include "common/sigstore/format/log_entry.hpp"

#include <string>
#include <string_view>

namespace modelseal::services {

/// The body of a request to log: always the digest of what was signed, also for an envelope.
[[nodiscard]] std::string rekor_v2_request(const LogProposal& proposal);

/// The entry of an answer, which is one of a bundle. Errors: malformed (also another kind of entry,
/// and one without an inclusion proof).
[[nodiscard]] sigstore::LogEntry parse_rekor_v2_answer(std::string_view json);

/// Logs a signature at the log with that base URL. The log answers when it has included the entry:
/// the transport must be ready to wait 20 seconds. The entry is about the proposal; whether the log
/// is trusted and has included it is not checked. Errors: denied (refused, or another entry),
/// unavailable, not_found, malformed; usage (unsupported).
[[nodiscard]] sigstore::LogEntry log_to_rekor_v2(http::Transport& transport,
                                                 const http::Url& log,
                                                 const LogProposal& proposal);

}  // namespace modelseal::services
