// One request under way: where its bytes come from and where the answer's go.
#pragma once

#include "common/http/transport.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace modelseal::http {

/// Fed by a Transport implementation with what arrives, asked for what is to be sent.
class Transfer {
  public:
    /// `request` outlives this object.
    explicit Transfer(const Request& request) noexcept : request_(request) {}

    /// One line of the header section, its line end included. A status line starts over, so that
    /// interim answers (1xx) leave nothing behind. Errors: malformed; those of Request::accept.
    void take_header_line(std::string_view line);

    /// Past Request::enough nothing is taken. Errors: malformed (limit_exceeded); those of the
    /// sink.
    void take_body(std::span<const std::byte> bytes);

    /// The next bytes of Request::content; 0 at its end. Errors: those of the content.
    [[nodiscard]] std::size_t give_body(std::span<std::byte> buffer);

    /// Sends from `offset` on. False when bytes of Request::content are on their way: how many of
    /// them the server took, only whoever sends the request can find out.
    [[nodiscard]] bool seek(std::uint64_t offset) noexcept {
        if (sent_ != offset) {
            return false;
        }
        content_ended_ = false;
        return true;
    }

    /// Whether Request::enough is reached.
    [[nodiscard]] bool has_enough() const noexcept {
        return response_.ok() && request_.enough && taken_ >= *request_.enough;
    }

    /// Whether it is, and more is to come: the connection has to be dropped. Where the answer ends
    /// by itself there, the connection can be kept.
    [[nodiscard]] bool has_more_than_enough() const noexcept {
        return has_enough() && (exceeded_ || !ends_with_enough_);
    }

    [[nodiscard]] bool body_is_sent() const noexcept {
        return request_.content == nullptr || content_ended_ || sent_ >= request_.content->size();
    }

    [[nodiscard]] Response take_response() { return std::move(response_); }

  private:
    void begin_answer(std::string_view status_line);
    void end_headers();

    const Request& request_;
    Response response_;
    std::uint64_t header_bytes_ = 0;
    std::uint64_t taken_ = 0;
    bool ends_with_enough_ = false;  // as its headers say
    bool exceeded_ = false;          // more came than Request::enough
    std::uint64_t sent_ = 0;
    bool content_ended_ = false;  // gave no more bytes
};

/// Tells a connection on which nothing moves, or next to nothing, from one that is slow: a server
/// that sends a byte now and then would hold us forever.
class StallWatch {
  public:
    using Clock = std::chrono::steady_clock;

    /// Bytes a second, over a window, below which nothing gets anywhere.
    static constexpr std::uint64_t slowest = 1024;

    /// Nothing may move for `silence`; once something did, `slowest` holds for each `window`.
    StallWatch(std::chrono::seconds silence,
               std::chrono::seconds window,
               Clock::time_point now) noexcept
        : silence_(silence), window_(window), last_change_(now) {}

    /// `moved` are the bytes transferred so far. What this side took its time for is not to count
    /// in `now`.
    [[nodiscard]] bool is_stalled(std::uint64_t moved, Clock::time_point now) noexcept;

  private:
    std::chrono::seconds silence_;
    std::chrono::seconds window_;
    Clock::time_point last_change_;
    std::uint64_t moved_ = 0;
    std::optional<Clock::time_point> window_began_;
    std::uint64_t moved_before_ = 0;  // the window
};

}  // namespace modelseal::http
