// Dates in header fields. Spec: RFC 9110 section 5.6.7.
#pragma once

#include "common/core/time.hpp"
#include "common/http/headers.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace modelseal::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" and the two obsolete forms, "Sunday, 06-Nov-94 08:49:37 GMT" and
/// "Sun Nov  6 08:49:37 1994". Two digits of a year that would lie more than 50 years after `now`
/// are of the century before. Nothing for any other text.
[[nodiscard]] std::optional<core::Timestamp> parse_date(std::string_view text, core::Timestamp now);

/// How long the Retry-After field asks to wait: its seconds, or the time until its date, counted
/// from the server's own Date where there is one, so that no clock needs to be right. Not negative;
/// nothing when the field is absent or cannot be read. Spec: RFC 9110 section 10.2.3.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const Headers& headers,
                                                              core::Timestamp now);

}  // namespace modelseal::http
