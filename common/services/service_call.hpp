// Requests to signing services, and what their refusals say.
#pragma once

#include "common/core/secret.hpp"
#include "common/http/transport.hpp"

#include <string_view>

namespace modelseal::services {

/// What is read of an answer at most; the largest one seen has 10 KiB.
inline constexpr std::uint64_t answer_limit = std::uint64_t{256} << 10U;

/// `path` below the base URL of a service. Errors: usage when the base has a query.
[[nodiscard]] http::Url endpoint(const http::Url& base, std::string_view path);

/// Sends `request` and returns a 2xx answer. `service` is its name in messages; `sent` is a secret
/// in the request, which no message shows, even when the service repeats it. Redirects are not
/// followed. Errors: unavailable (the service cannot be reached, 408, 429, 5xx), not_found (404),
/// denied (other answers), malformed (limit_exceeded); of the transport.
[[nodiscard]] http::Response call_service(http::Transport& transport,
                                          http::Request request,
                                          std::string_view service,
                                          const core::Secret& sent = {});

/// As call_service() ends for an answer that is not 2xx.
[[noreturn]] void refuse_answer(const http::Url& url,
                                const http::Response& response,
                                std::string_view service,
                                const core::Secret& sent = {});

/// Errors: usage when a secret would go to `url` without TLS, but for this machine.
void check_secret_is_safe(const http::Url& url, std::string_view service);

}  // namespace modelseal::services
