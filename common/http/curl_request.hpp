// A request in libcurl's terms.
#pragma once

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_handles.hpp"
#include "common/http/curl_transport.hpp"

#include <optional>

namespace modelseal::http {

/// Options are set with values that this libcurl knows; anything else is a defect of ours.
template <typename Value>
void set_option(CURL* handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
        throw core::Error(core::ErrorKind::internal,
                          core::concat("libcurl refuses option ", static_cast<int>(option)));
    }
}

/// The method, and the body when Request::text is it.
void set_method(CURL* handle, const Request& request);

/// Where the request goes and how its connection is made. Certificates are the transport's.
void set_connection(CURL* handle, const Request& request, const CurlOptions& options);

/// Which way the request goes; `proxy` is empty where there is none. Behind a proxy only the proxy
/// knows the addresses of names, so that Request::reach can be held to addresses alone.
/// Errors: denied (an address that the request may not reach).
void set_proxy(CURL* handle, const Request& request, const std::string& proxy);

/// The address that libcurl is about to connect to; nothing when it is no internet address.
[[nodiscard]] std::optional<IpAddress> address_of(const curl_sockaddr& address);

/// The header lines; for CURLOPT_HTTPHEADER, and to be kept until the transfer is over.
/// Errors: internal when a value has a line break.
[[nodiscard]] CurlList header_list(const Request& request);

}  // namespace modelseal::http
