#include "common/core/time.hpp"

#include "common/core/error.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/time") {
    TEST_CASE("reads RFC 3339 times and writes them in UTC") {
        CHECK(Timestamp::parse("1970-01-01T00:00:00Z").unix_seconds() == 0);
        CHECK(Timestamp::parse("2026-04-21T02:00:00Z").to_string() == "2026-04-21T02:00:00Z");
        CHECK(Timestamp::parse("2026-04-21t02:00:00z").to_string() == "2026-04-21T02:00:00Z");
        CHECK(Timestamp::parse("2026-04-21T02:00:00.123456789Z").to_string() ==
              "2026-04-21T02:00:00Z");
        CHECK(Timestamp::parse("2026-04-21T04:30:00+02:30").to_string() == "2026-04-21T02:00:00Z");
        CHECK(Timestamp::parse("2026-04-20T23:59:59-00:01").to_string() == "2026-04-21T00:00:59Z");
        CHECK(Timestamp::parse("2024-02-29T23:59:59Z").to_string() == "2024-02-29T23:59:59Z");
        CHECK(Timestamp::parse("0001-01-01T00:00:00Z").to_string() == "0001-01-01T00:00:00Z");
        CHECK(Timestamp::parse("9999-12-31T23:59:59Z").to_string() == "9999-12-31T23:59:59Z");
    }

    TEST_CASE("refuses what is no time") {
        for (const char* text : {"",
                                 "2026-04-21",
                                 "2026-04-21 02:00:00Z",
                                 "2026-04-21T02:00Z",
                                 "2026-04-21T02:00:00",
                                 "2026-04-21T02:00:00.Z",
                                 "2026-04-21T02:00:00.5",
                                 "2026-04-21T02:00:00ZZ",
                                 " 2026-04-21T02:00:00Z",
                                 "2026-04-21T02:00:00+0200",
                                 "2026-04-21T02:00:00+24:00",
                                 "2026-04-21T02:00:00+02:60",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-02-30T00:00:00Z",
                                 "2025-02-29T00:00:00Z",
                                 "2026-04-21T24:00:00Z",
                                 "2026-04-21T23:60:00Z",
                                 "2026-04-21T23:59:60Z",
                                 "0000-01-01T00:00:00Z",
                                 "0001-01-01T00:00:00+01:00",
                                 "9999-12-31T23:59:59-01:00",
                                 "+026-04-21T02:00:00Z"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(Timestamp::parse(text)), Error);
        }
    }

    TEST_CASE("refuses every beginning of a time") {
        const std::string_view whole = "2026-04-21T04:30:00.25+02:30";
        for (std::size_t length = 0; length < whole.size(); ++length) {
            CAPTURE(length);
            CHECK_THROWS_AS(static_cast<void>(Timestamp::parse(whole.substr(0, length))), Error);
        }
    }

    TEST_CASE("holds the years 1 to 9999 only, in order") {
        for (const std::int64_t seconds : {std::numeric_limits<std::int64_t>::min(),
                                           std::int64_t{-62'135'596'801},
                                           std::int64_t{253'402'300'800},
                                           std::numeric_limits<std::int64_t>::max()}) {
            CHECK_THROWS_AS(static_cast<void>(Timestamp::from_unix(seconds)), Error);
        }
        CHECK(Timestamp::from_unix(1) < Timestamp::from_unix(2));
        CHECK(SystemClock().now() > Timestamp::parse("2025-01-01T00:00:00Z"));
    }

    TEST_CASE("reads lengths of time as Go writes them") {
        using namespace std::chrono_literals;
        using modelseal::core::parse_duration;
        CHECK(parse_duration("90s") == 90s);
        CHECK(parse_duration("1h30m") == 90min);
        CHECK(parse_duration("1m1s500ms") == 61'500ms);
        CHECK(parse_duration("0s") == 0s);
        for (const std::string_view text : {"",
                                            "90",
                                            "s",
                                            "-1s",
                                            "1.5s",
                                            "1 s",
                                            "1d",
                                            "01s",
                                            "1s2",
                                            "9000h",
                                            "99999999999999999999s"}) {
            CHECK_MESSAGE(!parse_duration(text), text);
        }
    }
}

}  // namespace modelseal::core
