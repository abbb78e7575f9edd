#include "tests/support/loopback_server.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace modelseal::test {

namespace {

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string receive_some(int connection) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

/// Takes a chunked body apart; `bytes` is what was received of it so far. Spec: RFC 9112, 7.1.
std::string receive_chunks(int connection, std::string bytes) {
    std::string body;
    while (true) {
        const std::size_t line_end = bytes.find("\r\n");
        const std::size_t size =
            line_end == std::string::npos ? 0 : std::stoul(bytes.substr(0, line_end), nullptr, 16);
        if (line_end != std::string::npos && bytes.size() >= line_end + size + 4) {
            body += bytes.substr(line_end + 2, size);
            bytes.erase(0, line_end + size + 4);
            if (size == 0) {
                return body;
            }
            continue;
        }
        const std::string some = receive_some(connection);
        if (some.empty()) {
            return body;
        }
        bytes += some;
    }
}

ReceivedRequest receive(int connection) {
    std::string bytes;
    std::size_t head_end = std::string::npos;
    while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos) {
        const std::string some = receive_some(connection);
        if (some.empty()) {
            return {};
        }
        bytes += some;
    }
    ReceivedRequest request;
    const std::size_t line_end = bytes.find("\r\n");
    const auto words = core::split(bytes.substr(0, line_end), ' ');
    request.method = words.at(0);
    request.target = words.at(1);
    for (const std::string& line :
         core::split(bytes.substr(line_end + 2, head_end - line_end), '\n')) {
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos) {
            request.headers += core::ascii_lower(line.substr(0, colon)) + line.substr(colon) + "\n";
        }
    }
    request.body = bytes.substr(head_end + 4);
    if (request.header("transfer-encoding") == "chunked") {
        request.body = receive_chunks(connection, std::move(request.body));
        return request;
    }
    const auto length = core::parse_decimal(request.header("content-length")).value_or(0);
    while (request.body.size() < length) {
        const std::string some = receive_some(connection);
        if (some.empty()) {
            break;
        }
        request.body += some;
    }
    return request;
}

}  // namespace

std::string ReceivedRequest::header(std::string_view name) const {
    for (const std::string& line : core::split(headers, '\n')) {
        if (line.starts_with(core::concat(name, ':'))) {
            return std::string(core::trim(line.substr(name.size() + 1)));
        }
    }
    return {};
}

Reply Reply::of(int status, std::string_view body, std::string_view headers) {
    return {core::concat("HTTP/1.1 ",
                         status,
                         " Status\r\nConnection: close\r\nContent-Length: ",
                         body.size(),
                         "\r\n",
                         headers,
                         "\r\n",
                         body)};
}

Reply Reply::kept(int status, std::string_view body) {
    return {.raw = core::concat(
                "HTTP/1.1 ", status, " Status\r\nContent-Length: ", body.size(), "\r\n\r\n", body),
            .serves_on = true};
}

LoopbackServer::LoopbackServer(Handler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, length) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &length) != 0) {
        throw core::system_error(errno, "starting a test server");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int connection : connections_) {
            ::shutdown(connection, SHUT_RDWR);
        }
    }
    workers_.clear();
    for (const int connection : connections_) {
        ::close(connection);
    }
}

std::string LoopbackServer::address() const {
    return core::concat("127.0.0.1:", port_);
}

std::vector<ReceivedRequest> LoopbackServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void LoopbackServer::accept_all() {
    while (true) {
        const int connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) {
            return;
        }
        const std::lock_guard lock(mutex_);
        connections_.push_back(connection);
        workers_.emplace_back([this, connection] { serve(connection); });
    }
}

void LoopbackServer::serve(int connection) {
    Reply reply;
    do {
        ReceivedRequest request = receive(connection);
        if (request.method.empty()) {
            return;
        }
        request.connection = connection;
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        reply = handler_(request);
        send_all(connection, reply.raw);
    } while (reply.serves_on);
    if (!reply.keep_open) {
        ::shutdown(connection, SHUT_RDWR);
    } else {
        static_cast<void>(receive_some(connection));  // until this server or the client goes
    }
}

}  // namespace modelseal::test
