#include "common/http/date.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using modelseal::core::Timestamp;
using modelseal::http::Headers;
using modelseal::http::parse_date;
using modelseal::http::retry_after;

namespace {

const Timestamp now = Timestamp::parse("2026-04-21T02:00:00Z");

std::optional<std::chrono::seconds> asked(std::string_view retry, std::string_view date = "") {
    Headers headers;
    headers.add("Retry-After", retry);
    if (!date.empty()) {
        headers.add("Date", date);
    }
    return retry_after(headers, now);
}

}  // namespace

TEST_SUITE("http/date") {
    TEST_CASE("reads the three forms of a date") {
        const auto expected = Timestamp::parse("1994-11-06T08:49:37Z");
        CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == expected);
        CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == expected);
        CHECK(parse_date("Sun Nov  6 08:49:37 1994", now) == expected);
        CHECK(parse_date("Tuesday, 21-Apr-76 02:00:00 GMT", now) ==
              Timestamp::parse("2076-04-21T02:00:00Z"));
        CHECK(parse_date("Tuesday, 21-Apr-07 02:00:00 GMT", now) ==
              Timestamp::parse("2007-04-21T02:00:00Z"));
    }

    TEST_CASE("reads no other text") {
        for (const std::string_view text : {"",
                                            "soon",
                                            "Sun, 06 Nov 1994 08:49:37",
                                            "Sun, 06 Nov 1994 08:49:37 CET",
                                            "Sun, 31 Feb 2026 08:49:37 GMT",
                                            "Sun, 06 Nov 1994 25:49:37 GMT",
                                            "Sun, 06 nov 1994 08:49:37 GMT",
                                            "Sun, 6-11-94 08:49:37 GMT",
                                            "Sunday, 06-Nov-4 08:49:37 GMT",
                                            "Sun Nov 6 08:49 1994",
                                            "Sun, 06 Nov 1994T08 08:49:37 GMT"}) {
            CHECK_MESSAGE(!parse_date(text, now), text);
        }
        CHECK_FALSE(parse_date(std::string(10'000, ' '), now));
        const std::string_view golden = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (std::size_t size = 0; size < golden.size(); ++size) {
            CHECK_FALSE(parse_date(golden.substr(0, size), now));
        }
    }

    TEST_CASE("Retry-After is a number of seconds or a date") {
        CHECK(asked("120") == 120s);
        CHECK(asked("0") == 0s);
        CHECK(asked("99999999999999") == 24h * 365);
        CHECK(asked("Tue, 21 Apr 2026 02:01:30 GMT") == 90s);
        CHECK(asked("Tue, 21 Apr 2026 01:00:00 GMT") == 0s);
        CHECK_FALSE(asked("-1").has_value());
        CHECK_FALSE(asked("1.5").has_value());
        CHECK_FALSE(asked("soon").has_value());
        CHECK_FALSE(retry_after({}, now).has_value());
    }

    TEST_CASE("a date counts from the server's clock, whatever ours says") {
        CHECK(asked("Fri, 01 Jan 2027 00:00:10 GMT", "Fri, 01 Jan 2027 00:00:00 GMT") == 10s);
        CHECK(asked("Tue, 21 Apr 2026 02:01:30 GMT", "no date") == 90s);
    }
}
