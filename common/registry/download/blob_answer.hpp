// Whether an answer is what was asked for: a whole blob, or a part of one. Spec: RFC 9110
// section 14.
#pragma once

#include "common/http/transport.hpp"

#include <cstdint>

namespace modelseal::registry {

/// Errors: those of answer_error() for anything but 200; mismatch (size_mismatch) when the stated
/// length is not `size`.
void check_whole(const http::Request& request, const http::Response& response, std::uint64_t size);

/// 206 with exactly the range `asked`. Errors: io (unsupported) for 200, the whole blob; io
/// (registry_error) for another range; those of answer_error().
void check_range(const http::Request& request,
                 const http::Response& response,
                 const http::ContentRange& asked);

/// The value of a Range header for it: "bytes=FIRST-LAST".
[[nodiscard]] std::string range_header(const http::ContentRange& range);

}  // namespace modelseal::registry
