// Rekor v1, a log that is asked over REST. Spec: rekor openapi.yaml; types hashedrekord 0.0.1 and
// dsse 0.0.1.
#pragma once

#include "common/http/transport.hpp"
#include "common/services/log_proposal.hpp"
#include "common/sigstore/format/log_entry.hpp"

#include <string>
#include <string_view>

namespace modelseal::services {

/// The body of a request to log: a dsse entry for an envelope, else a hashedrekord.
[[nodiscard]] std::string rekor_v1_request(const LogProposal& proposal);

/// The one entry of an answer, as bundles carry it. Errors: malformed (other than one entry, a
/// missing field, hexadecimal or base64 that is not, no signed time, no inclusion proof).
[[nodiscard]] sigstore::LogEntry parse_rekor_v1_answer(std::string_view json);

/// Logs a signature at the log with that base URL. When the log has it already, as after an answer
/// that was lost, its entry is fetched. The entry is about the proposal; whether the log is
/// trusted and has included it is not checked. Errors: denied (refused, or another entry),
/// unavailable, not_found, malformed; usage (unsupported).
[[nodiscard]] sigstore::LogEntry log_to_rekor_v1(http::Transport& transport,
                                                 const http::Url& log,
                                                 const LogProposal& proposal);

}  // namespace modelseal::services
