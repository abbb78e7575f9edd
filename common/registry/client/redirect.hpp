// A registry that keeps its blobs elsewhere says so with a redirect. Spec: RFC 9110 section 15.4;
// OCI distribution-spec 1.1, "Pulling blobs".
#pragma once

#include "common/http/transport.hpp"

namespace modelseal::registry {

/// Whether the answer sends a GET or HEAD to another address. What changes a registry is never sent
/// on: it would take credentials and content along.
[[nodiscard]] bool is_redirect(const http::Request& request, const http::Response& response);

/// `request` as it goes to where `response` points. Without credentials; and with nothing but what
/// a download needs when that is not `registry` itself: object stores answer 400 to anything else.
/// `own` is own_reach(). Errors: malformed (no URL), denied (from a server with TLS to one
/// without).
[[nodiscard]] http::Request redirected(const http::Request& request,
                                       const http::Response& response,
                                       const http::Url& registry,
                                       http::Reach own);

}  // namespace modelseal::registry
