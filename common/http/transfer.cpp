#include "common/http/transfer.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::http {

namespace {

constexpr std::uint64_t header_limit = std::uint64_t{64} << 10U;

[[noreturn]] void refuse_large_body(const Request& request) {
    throw core::Error(core::ErrorKind::malformed,
                      core::Reason::limit_exceeded,
                      core::concat("the answer of ",
                                   request.url.redacted(),
                                   " is larger than the ",
                                   request.body_limit,
                                   " bytes allowed for it"));
}

}  // namespace

void Transfer::take_header_line(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > header_limit) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::Reason::limit_exceeded,
            core::concat(
                request_.url.origin(), " sent more than ", header_limit, " bytes of headers"));
    }
    line = core::trim(line);
    if (line.starts_with("HTTP/")) {
        begin_answer(line);
    } else if (line.empty()) {
        end_headers();
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
        response_.headers.add(line.substr(0, colon), core::trim(line.substr(colon + 1)));
    }
}

void Transfer::begin_answer(std::string_view status_line) {
    response_ = Response();
    const std::size_t space = status_line.find(' ');
    const auto status = space == std::string_view::npos
                            ? std::nullopt
                            : core::parse_decimal(status_line.substr(space + 1, 3));
    if (!status || *status < 100) {
        throw core::Error(core::ErrorKind::malformed,
                          core::concat(request_.url.origin(), " sent no valid HTTP status line"));
    }
    response_.status = static_cast<int>(*status);
}

void Transfer::end_headers() {
    if (!response_.ok()) {
        return;
    }
    if (request_.accept) {
        request_.accept(response_);
    }
    ends_with_enough_ = request_.enough && response_.headers.content_length() == request_.enough;
    const bool has_text_body = request_.sink == nullptr && request_.method != Method::head;
    if (has_text_body && response_.headers.content_length().value_or(0) > request_.body_limit) {
        refuse_large_body(request_);
    }
}

void Transfer::take_body(std::span<const std::byte> bytes) {
    if (response_.ok() && request_.enough) {
        const std::uint64_t wanted = *request_.enough - std::min(*request_.enough, taken_);
        exceeded_ = exceeded_ || bytes.size() > wanted;
        bytes =
            bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), wanted)));
        taken_ += bytes.size();
    }
    if (response_.ok() && request_.sink != nullptr) {
        request_.sink->write(bytes);
        return;
    }
    const std::uint64_t limit = response_.ok() ? request_.body_limit : error_body_limit;
    const std::uint64_t left = limit - response_.body.size();
    if (bytes.size() > left && response_.ok()) {
        refuse_large_body(request_);
    }
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left));
    response_.body.append(core::as_text(bytes.first(kept)));
}

std::size_t Transfer::give_body(std::span<std::byte> buffer) {
    const std::size_t count = request_.content->read_at(sent_, buffer);
    sent_ += count;
    content_ended_ = count == 0;
    return count;
}

bool StallWatch::is_stalled(std::uint64_t moved, Clock::time_point now) noexcept {
    if (moved != moved_) {
        if (!window_began_) {
            window_began_ = now;
            moved_before_ = moved;
        }
        moved_ = moved;
        last_change_ = now;
    }
    if (now - last_change_ >= silence_) {
        return true;
    }
    if (!window_began_ || now - *window_began_ < window_) {
        return false;
    }
    const bool is_too_slow =
        moved - moved_before_ < slowest * static_cast<std::uint64_t>(window_.count());
    window_began_ = now;
    moved_before_ = moved;
    return is_too_slow;
}

}  // namespace modelseal::http
