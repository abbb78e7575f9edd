#include "common/crypto/x509/asn1_time.hpp"

#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

TEST_SUITE("crypto/x509/asn1_time") {
    TEST_CASE("the two digits of a UTCTime's year are of 1950 to 2049") {
        CHECK(parse_utc_time("260421020000Z").to_string() == "2026-04-21T02:00:00Z");
        CHECK(parse_utc_time("491231235959Z").to_string() == "2049-12-31T23:59:59Z");
        CHECK(parse_utc_time("500101000000Z").to_string() == "1950-01-01T00:00:00Z");
        CHECK(parse_utc_time("991231235959Z").to_string() == "1999-12-31T23:59:59Z");
    }

    TEST_CASE("reads the last second that a certificate can name") {
        CHECK(parse_generalized_time("99991231235959Z").to_string() == "9999-12-31T23:59:59Z");
    }

    TEST_CASE("drops fractions where there may be some") {
        const auto whole = parse_generalized_time("20260601115959Z");
        for (const auto* text :
             {"20260601115959Z", "20260601115959.5Z", "20260601115959.999999Z"}) {
            CAPTURE(text);
            CHECK(parse_fractional_time(text) == whole);
        }
    }

    TEST_CASE("refuses what is not a time, local times and incomplete ones") {
        for (const auto* text : {"",
                                 "Z",
                                 "2026060111595Z",
                                 "20260601115959",
                                 "20260601115959+0100",
                                 "202606011159Z",
                                 "20261301115959Z",
                                 "20260230115959Z",
                                 "20260601250000Z",
                                 "2026060111595xZ",
                                 "00000601115959Z",
                                 "20260601115959Z ",
                                 "20260601115959.Z",
                                 "20260601115959.5",
                                 "20260601115959.5xZ",
                                 "20260601115959,5Z"}) {
            CAPTURE(text);
            CHECK(test::error_of([&] { return parse_fractional_time(text); }).kind() ==
                  core::ErrorKind::malformed);
        }
        CHECK_THROWS_AS(static_cast<void>(parse_generalized_time("20260601115959.5Z")),
                        core::Error);
        for (const auto* text : {"", "2", "x60421020000Z", "2604210200Z", "20260421020000Z"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(parse_utc_time(text)), core::Error);
        }
    }
}

}  // namespace modelseal::crypto
