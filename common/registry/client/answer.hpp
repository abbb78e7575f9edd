// What a registry's answer means. Spec: OCI distribution-spec 1.1, "Error Codes".
#pragma once

#include "common/core/error.hpp"
#include "common/http/transport.hpp"

namespace modelseal::registry {

/// The error for an answer that is not the one hoped for: 401 and 403 are denied, 404 is not_found,
/// 408, 429 and 5xx are unavailable, DIGEST_INVALID and SIZE_INVALID are mismatch, all others io.
/// The registry's own codes and messages are quoted.
[[nodiscard]] core::Error answer_error(const http::Request& request,
                                       const http::Response& response);

}  // namespace modelseal::registry
