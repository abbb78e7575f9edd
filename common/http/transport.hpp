// The seam to the network: one request, one response. No HTTP library shows through it.
#pragma once

#include "common/core/stream.hpp"
#include "common/http/headers.hpp"
#include "common/http/reach.hpp"
#include "common/http/url.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::http {

enum class Method { get, head, post, put, patch, remove };

/// As it stands in a request line: "GET".
[[nodiscard]] std::string_view to_string(Method method) noexcept;

/// Everything of a response but a body that went to a sink.
struct Response {
    int status = 0;
    Headers headers{};
    std::string body{};  // when no sink took it; a failure's body is cut at error_body_limit
    std::string redirected_to{};  // the origin that answered, when it is not the one that was asked
    std::optional<IpAddress> address{};  // of the server, where no proxy stands between

    [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
};

/// What is kept of the body of an answer that is not 2xx.
inline constexpr std::uint64_t error_body_limit = std::uint64_t{64} << 10U;

/// Pointers and references inside outlive the call of Transport::send().
struct Request {
    Method method = Method::get;
    Url url;
    Headers headers{};
    Reach reach = Reach::anywhere;      // checked against the address that is connected to
    std::optional<unsigned> retries{};  // how often at most, where it would more often

    std::string text{};                           // a small body of POST or PUT
    const core::RandomAccess* content = nullptr;  // a large body of PUT or PATCH, instead of `text`
    bool streams = false;  // no length is announced: the body ends where `content` gives no more
    bool sees_it_through = false;  // goes on while the process is ending: `content` ends it early

    /// Called with status and headers of a 2xx answer before its first body byte; may throw.
    std::function<void(const Response&)> accept{};
    core::ByteSink* sink = nullptr;  // takes the body of a 2xx answer, instead of Response::body
    std::optional<std::uint64_t> enough{};  // bytes of a 2xx body after which the rest is not read
    std::uint64_t body_limit = std::uint64_t{4} << 20U;  // of a 2xx body without a sink
};

class Transport {
  public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    Transport(Transport&&) = delete;
    Transport& operator=(Transport&&) = delete;
    virtual ~Transport() = default;

    /// Sends a request and receives its answer, whatever its status; redirects are not followed.
    /// May be called from several threads.
    /// Errors: unavailable (network_error) when the server cannot be reached, stalls or drops the
    /// connection; usage (unsupported) when it does not speak TLS; denied when it cannot prove who
    /// it is, or stands where Request::reach does not allow; malformed (limit_exceeded) for a body
    /// over the limit; whatever `accept`, `sink` and `content` throw; interrupted or terminated
    /// when the process is asked to end, but for DELETE, which undoes what was begun, and for
    /// Request::sees_it_through.
    [[nodiscard]] virtual Response send(const Request& request) = 0;
};

}  // namespace modelseal::http
