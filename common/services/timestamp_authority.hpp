// Time stamps over signatures. Spec: RFC 3161 with HTTP (section 3.4); sigstore's use of it.
#pragma once

#include "common/core/bytes.hpp"
#include "common/digest/digest.hpp"
#include "common/http/transport.hpp"

#include <span>
#include <string>

namespace modelseal::services {

/// The query that Sigstore's clients send, as bytes: SHA-256, no nonce, no certificate in the
/// answer.
[[nodiscard]] std::string timestamp_query(const digest::Digest& imprint);

/// Errors: malformed unless `response` is one TimeStampResp that grants something and speaks of
/// `imprint`; denied when the authority refuses.
void check_timestamp_response(std::span<const std::byte> response, const digest::Digest& imprint);

/// Has the authority at `url` (its full URL) state when `signature` was there. Returns its DER
/// answer, whose signature is not checked: that takes a trusted root. Errors: denied, unavailable,
/// not_found, malformed.
[[nodiscard]] core::Bytes request_timestamp(http::Transport& transport,
                                            const http::Url& url,
                                            std::span<const std::byte> signature);

}  // namespace modelseal::services
