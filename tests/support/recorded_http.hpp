// Exchanges with signing services as they were recorded (tests/data/keyless/SOURCE).
#pragma once

#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/loopback_server.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace modelseal::test {

/// A request or an answer.
struct RecordedMessage {
    std::string start_line;
    std::string headers;  // lines that end in "\r\n"
    std::string body;

    /// Empty when there is none.
    [[nodiscard]] std::string header(std::string_view name) const {
        for (const std::string& line : core::split(headers, '\n')) {
            if (core::ascii_lower(line).starts_with(core::concat(core::ascii_lower(name), ':'))) {
                return std::string(core::trim(line.substr(name.size() + 1)));
            }
        }
        return {};
    }
};

/// tests/data/keyless/NAME.http
[[nodiscard]] inline RecordedMessage recorded(std::string_view name) {
    const std::string text = read_data(core::concat("keyless/", name, ".http"));
    const std::size_t line_end = text.find("\r\n");
    const std::size_t head_end = text.find("\r\n\r\n");
    REQUIRE(head_end != std::string::npos);
    return {.start_line = text.substr(0, line_end),
            .headers = text.substr(line_end + 2, head_end - line_end),
            .body = text.substr(head_end + 4)};
}

/// A recorded answer, framed anew.
[[nodiscard]] inline Reply reply_of(const RecordedMessage& answer) {
    const int status = std::stoi(core::split(answer.start_line, ' ').at(1));
    const std::string location = answer.header("Location");
    return Reply::of(
        status, answer.body, location.empty() ? "" : core::concat("Location: ", location, "\r\n"));
}

}  // namespace modelseal::test
