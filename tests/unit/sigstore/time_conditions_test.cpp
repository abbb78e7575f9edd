#include "common/sigstore/time_conditions.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/time.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::Reason;
using pki::noon;
using Times = std::vector<TrustedTime>;

TrustedTime logged(core::Timestamp time = noon()) {
    return {.time = time, .source = TrustedTime::Source::log, .by = "log"};
}

TrustedTime stamped(core::Timestamp time = noon()) {
    return {.time = time, .source = TrustedTime::Source::timestamp_authority, .by = "tsa"};
}

VerifiedLogEntry proved(const Validity& validity) {
    return {.log = "log",
            .index = 1,
            .inclusion_proved = true,
            .integrated = std::nullopt,
            .validity = validity};
}

template <typename Check>
void check_refused(Reason reason, Check check) {
    CHECK(test::error_of([&] {
              check();
              return 0;
          }).reason() == reason);
}

}  // namespace

TEST_SUITE("sigstore/time_conditions") {
    TEST_CASE("a log's time is no timestamp") {
        const Requirements stamp{.require_timestamp = true};
        CHECK_NOTHROW(require_timestamp(stamp, Times{logged(), stamped()}));
        CHECK_NOTHROW(require_timestamp({}, Times{}));
        check_refused(Reason::no_trusted_time, [&] { require_timestamp(stamp, Times{logged()}); });
        check_refused(Reason::no_trusted_time, [&] { require_timestamp(stamp, Times{}); });
    }

    TEST_CASE("a proof counts at a time at which the log's key did, or while it has no end") {
        const std::vector open = {proved({noon(-10)})};
        const std::vector ended = {proved({noon(-10), noon(10)})};
        CHECK_NOTHROW(require_logs_in_use(open, Times{}));
        CHECK_NOTHROW(require_logs_in_use(ended, Times{stamped()}));
        CHECK_NOTHROW(require_logs_in_use(ended, Times{stamped(noon(11)), stamped()}));
        check_refused(Reason::untrusted_log, [&] { require_logs_in_use(ended, Times{}); });
        for (const core::Timestamp time : {noon(-11), noon(11)}) {
            check_refused(Reason::untrusted_log,
                          [&] { require_logs_in_use(ended, Times{stamped(time)}); });
        }
        check_refused(Reason::untrusted_log,
                      [&] { require_logs_in_use(open, Times{stamped(noon(-11))}); });
    }

    TEST_CASE("what was made later does not count for an earlier time that is asked about") {
        const Trust then{.root = nullptr, .now = noon(), .asks_about_now = false};
        CHECK_NOTHROW(require_made_by_then(Times{stamped(noon(1)), logged(noon())}, then));
        check_refused(Reason::no_trusted_time,
                      [&] { require_made_by_then(Times{stamped(noon(1))}, then); });
        const Trust now{.root = nullptr, .now = noon()};
        CHECK_NOTHROW(require_made_by_then(Times{stamped(noon(1))}, now));
    }
}

}  // namespace modelseal::sigstore
