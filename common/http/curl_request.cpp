#include "common/http/curl_request.hpp"

#include "common/core/secret.hpp"
#include "common/http/curl_errors.hpp"

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <netinet/in.h>

namespace modelseal::http {

namespace {

constexpr long receive_buffer_size = 512L << 10;  // libcurl's maximum
constexpr long upload_buffer_size = 2L << 20;     // libcurl's maximum

}  // namespace

void set_method(CURL* handle, const Request& request) {
    switch (request.method) {
        case Method::get:
            set_option(handle, CURLOPT_HTTPGET, 1L);
            return;
        case Method::head:
            set_option(handle, CURLOPT_NOBODY, 1L);
            return;
        case Method::remove:
            set_option(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
            return;
        case Method::put:
            set_option(handle, CURLOPT_CUSTOMREQUEST, "PUT");
            break;
        case Method::patch:
            set_option(handle, CURLOPT_CUSTOMREQUEST, "PATCH");
            break;
        case Method::post:
            break;
    }
    if (request.content != nullptr) {
        set_option(handle, CURLOPT_UPLOAD, 1L);
        constexpr curl_off_t unknown = -1;  // libcurl then sends the body in chunks (RFC 9112, 7.1)
        set_option(handle,
                   CURLOPT_INFILESIZE_LARGE,
                   request.streams ? unknown : static_cast<curl_off_t>(request.content->size()));
        return;
    }
    set_option(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.text.size()));
    set_option(handle, CURLOPT_POSTFIELDS, request.text.c_str());
}

void set_connection(CURL* handle, const Request& request, const CurlOptions& options) {
    const std::string url = request.url.to_string();
    set_option(handle, CURLOPT_URL, url.c_str());
    set_option(handle, CURLOPT_PROTOCOLS_STR, request.url.scheme().c_str());
    set_option(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set_option(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set_option(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set_option(handle, CURLOPT_NOSIGNAL, 1L);
    set_option(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set_option(handle, CURLOPT_BUFFERSIZE, receive_buffer_size);
    set_option(handle, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer_size);
    const std::chrono::milliseconds timeout = options.connect_timeout;
    set_option(handle, CURLOPT_CONNECTTIMEOUT_MS, timeout.count());
    set_option(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
}

void set_proxy(CURL* handle, const Request& request, const std::string& proxy) {
    // Both are always set, or libcurl would read the variables by rules of its own.
    set_option(handle, CURLOPT_PROXY, proxy.c_str());
    set_option(handle, CURLOPT_NOPROXY, "");
    if (!proxy.empty() && request.reach != Reach::anywhere) {
        const auto address = IpAddress::parse(request.url.host());
        if (address && !may_connect(*address, request.reach)) {
            throw forbidden_address(request, request.reach);
        }
    }
}

std::optional<IpAddress> address_of(const curl_sockaddr& address) {
    const auto bytes_of = [](const auto& number) {
        return IpAddress::from_bytes(std::as_bytes(std::span(&number, 1)));
    };
    if (address.family == AF_INET && address.addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address.addr, sizeof v4);
        return bytes_of(v4.sin_addr);
    }
    if (address.family == AF_INET6 && address.addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6{};
        // libcurl keeps more room behind `addr` than its type says.
        std::memcpy(&v6, static_cast<const void*>(&address.addr), sizeof v6);
        return bytes_of(v6.sin6_addr);
    }
    return std::nullopt;
}

CurlList header_list(const Request& request) {
    // "Name:" removes a header that libcurl would add. Without "Expect" a server cannot make every
    // upload wait a second; a large body is never sent before authentication is settled.
    std::vector<std::string> lines = {"Expect:"};
    if (!request.headers.get("Content-Type")) {
        lines.emplace_back("Content-Type:");
    }
    for (const auto& [name, value] : request.headers.fields()) {
        if (value.find_first_of("\r\n") != std::string::npos) {
            throw core::Error(core::ErrorKind::internal, "a request header has a line break");
        }
        lines.push_back(core::concat(name, ": ", value));
    }
    CurlList list;
    for (std::string& line : lines) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        core::wipe(line);  // may hold a password
        if (longer == nullptr) {
            throw core::Error(core::ErrorKind::internal, "out of memory");
        }
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

}  // namespace modelseal::http
