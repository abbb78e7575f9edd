// A small HTTP server on 127.0.0.1 whose answers a test writes, faults included.
#pragma once

#include "common/core/files/file.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace modelseal::test {

struct ReceivedRequest {
    std::string method;
    std::string target;   // path and query
    std::string headers;  // as sent, names in lower case
    std::string body;
    int connection = 0;  // the same for all that came over one connection

    /// The value of a header; empty when absent.
    [[nodiscard]] std::string header(std::string_view name) const;
};

/// Bytes to send back. `raw` is sent as it is, so that a test can break every rule of HTTP.
struct Reply {
    std::string raw;
    bool keep_open = false;  // never ends the answer: what a stalled server does
    bool serves_on = false;  // the connection takes another request

    /// A well-formed answer with Content-Length. `headers` are lines ending in "\r\n".
    [[nodiscard]] static Reply of(int status, std::string_view body, std::string_view headers = "");

    /// The same, over a connection that is kept.
    [[nodiscard]] static Reply kept(int status, std::string_view body);
};

/// Serves each connection on a thread of its own, until destroyed; one request each, unless the
/// reply says otherwise.
class LoopbackServer {
  public:
    using Handler = std::function<Reply(const ReceivedRequest&)>;

    explicit LoopbackServer(Handler handler);
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    LoopbackServer(LoopbackServer&&) = delete;
    LoopbackServer& operator=(LoopbackServer&&) = delete;
    ~LoopbackServer();

    /// "127.0.0.1:PORT"
    [[nodiscard]] std::string address() const;

    /// Every request so far, in order of arrival.
    [[nodiscard]] std::vector<ReceivedRequest> requests() const;

  private:
    void accept_all();
    void serve(int connection);

    Handler handler_;
    core::FileDescriptor listener_;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<ReceivedRequest> requests_;
    std::vector<int> connections_;
    std::vector<std::jthread> workers_;
    std::jthread acceptor_;
};

}  // namespace modelseal::test
