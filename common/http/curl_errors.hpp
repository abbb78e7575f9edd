// What it means when libcurl fails.
#pragma once

#include "common/core/error.hpp"
#include "common/http/curl_handles.hpp"
#include "common/http/transport.hpp"

#include <string_view>

namespace modelseal::http {

/// unavailable (network_error): the request's server, and `what` happened on the way to it.
[[nodiscard]] core::Error unreachable(const Request& request, std::string_view what);

/// denied: the request's server stands where `reach` does not allow.
[[nodiscard]] core::Error forbidden_address(const Request& request, Reach reach);

/// What libcurl's result means. `detail` is libcurl's own sentence and may quote the server;
/// `plain_http_advice` says how to speak to a server without TLS.
[[nodiscard]] core::Error transfer_error(CURLcode code,
                                         std::string_view detail,
                                         const Request& request,
                                         std::string_view plain_http_advice);

}  // namespace modelseal::http
