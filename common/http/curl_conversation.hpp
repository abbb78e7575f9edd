// A transfer as libcurl's callbacks see it.
#pragma once

#include "common/http/curl_handles.hpp"
#include "common/http/curl_transport.hpp"
#include "common/http/transfer.hpp"

#include <chrono>
#include <exception>
#include <optional>

namespace modelseal::http {

/// No exception may pass through libcurl's C frames: the first one is kept here and the transfer
/// aborted.
struct Conversation {
    using Clock = StallWatch::Clock;

    /// Held to `allowed`, which is Request::reach or narrower. `request` outlives this object.
    Conversation(const Request& request, Reach allowed, const CurlOptions& options);

    template <typename Body>
    bool guard(Body&& body) noexcept {
        const Clock::time_point since = Clock::now();
        bool is_fine = true;
        try {
            body();
        } catch (...) {
            failure = std::current_exception();
            is_fine = false;
        }
        own_time += Clock::now() - since;
        return is_fine;
    }

    /// Without the time that those took who give and take the bytes: the server waits for us then.
    [[nodiscard]] Clock::time_point now() const noexcept { return Clock::now() - own_time; }

    Transfer transfer;
    Reach reach;
    Clock::time_point began = Clock::now();
    Clock::duration own_time{};
    StallWatch stall;
    StallWatch answer;
    std::optional<Clock::time_point> deadline{};
    std::optional<IpAddress> address{};  // of the server, when no proxy stands between
    bool stores;                         // the server may have to store a blob before it answers
    bool ends_by_itself;                 // goes on while the process is ending
    bool stalled = false;
    bool refused_address = false;
    std::exception_ptr failure{};
};

/// Has the handle report to `conversation`, which outlives the transfer.
void set_callbacks(CURL* handle, Conversation& conversation);

/// Holds the connections of the handle to `conversation.reach`, and notes the address of the
/// server. Not for what goes through a proxy.
void guard_addresses(CURL* handle, Conversation& conversation);

}  // namespace modelseal::http
