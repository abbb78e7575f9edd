#include "common/http/curl_conversation.hpp"

#include "common/core/termination.hpp"
#include "common/http/curl_request.hpp"

#include <algorithm>
#include <cstdio>
#include <span>

#include <sys/socket.h>

namespace modelseal::http {

namespace {

constexpr std::chrono::seconds receiving_window{30};  // in which enough must arrive

Conversation& conversation_of(void* user) {
    return *static_cast<Conversation*>(user);
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    const bool fine = conversation.guard(
        [&] { conversation.transfer.take_header_line(std::string_view(bytes, size * count)); });
    return fine ? size * count : 0;
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    const bool fine = conversation.guard(
        [&] { conversation.transfer.take_body(std::as_bytes(std::span(bytes, size * count))); });
    return fine && !conversation.transfer.has_more_than_enough() ? size * count : 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    std::size_t given = 0;
    const bool fine = conversation.guard([&] {
        given = conversation.transfer.give_body(
            std::as_writable_bytes(std::span(buffer, size * count)));
    });
    return fine ? given : CURL_READFUNC_ABORT;
}

/// libcurl would silently send a request again when a connection that it used before ends.
int on_seek(void* user, curl_off_t offset, int origin) {
    const bool moved = origin == SEEK_SET && offset >= 0 &&
                       conversation_of(user).transfer.seek(static_cast<std::uint64_t>(offset));
    return moved ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/// libcurl calls this at least about once a second, also when nothing moves.
int on_progress(void* user, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    Conversation& conversation = conversation_of(user);
    if (!conversation.ends_by_itself && !conversation.guard([] { core::check_termination(); })) {
        return 1;
    }
    const bool waits = conversation.stores && conversation.transfer.body_is_sent();
    StallWatch& watch = waits ? conversation.answer : conversation.stall;
    const auto moved = static_cast<std::uint64_t>(received) + static_cast<std::uint64_t>(sent);
    const Conversation::Clock::time_point now = conversation.now();
    conversation.stalled =
        watch.is_stalled(moved, now) || (conversation.deadline && now >= *conversation.deadline);
    return conversation.stalled ? 1 : 0;
}

/// Every connection is made here, to an address that the name was resolved to a moment ago: a name
/// that means another address the next time it is asked for does not help.
curl_socket_t on_open(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
    Conversation& conversation = conversation_of(user);
    const auto target = address_of(*address);
    if (!target || !may_connect(*target, conversation.reach)) {
        conversation.refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// A connection that was kept may lead where this request must not go. Nothing has been sent yet.
int on_connected(void* user, char* server, char* /*own*/, int /*port*/, int /*own_port*/) {
    Conversation& conversation = conversation_of(user);
    conversation.address = IpAddress::parse(server);
    conversation.refused_address =
        !conversation.address || !may_connect(*conversation.address, conversation.reach);
    return conversation.refused_address ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/// What is sent leaves in large pieces, some time after one another.
std::chrono::seconds window_of(const Request& request, const CurlOptions& options) {
    return request.content != nullptr ? options.stall_timeout
                                      : std::min(options.stall_timeout, receiving_window);
}

}  // namespace

Conversation::Conversation(const Request& request, Reach allowed, const CurlOptions& options)
    : transfer(request),
      reach(allowed),
      stall(options.stall_timeout, window_of(request, options), began),
      answer(options.answer_timeout, options.answer_timeout, began),
      stores(request.content != nullptr || request.method == Method::put),
      ends_by_itself(request.method == Method::remove || request.sees_it_through) {
    if (!stores && request.sink == nullptr) {
        deadline = began + options.short_timeout;
    }
}

void set_callbacks(CURL* handle, Conversation& conversation) {
    void* user = &conversation;
    set_option(handle, CURLOPT_HEADERFUNCTION, &on_header);
    set_option(handle, CURLOPT_HEADERDATA, user);
    set_option(handle, CURLOPT_WRITEFUNCTION, &on_body);
    set_option(handle, CURLOPT_WRITEDATA, user);
    set_option(handle, CURLOPT_READFUNCTION, &on_read);
    set_option(handle, CURLOPT_READDATA, user);
    set_option(handle, CURLOPT_SEEKFUNCTION, &on_seek);
    set_option(handle, CURLOPT_SEEKDATA, user);
    set_option(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
    set_option(handle, CURLOPT_XFERINFODATA, user);
    set_option(handle, CURLOPT_NOPROGRESS, 0L);
}

void guard_addresses(CURL* handle, Conversation& conversation) {
    set_option(handle, CURLOPT_OPENSOCKETFUNCTION, &on_open);
    set_option(handle, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&conversation));
    set_option(handle, CURLOPT_PREREQFUNCTION, &on_connected);
    set_option(handle, CURLOPT_PREREQDATA, static_cast<void*>(&conversation));
}

}  // namespace modelseal::http
