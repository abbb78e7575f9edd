#include "common/sigstore/log/signed_entry_timestamp.hpp"

#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/log.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

core::Timestamp time(std::string_view text) {
    return core::Timestamp::parse(text);
}

const core::Timestamp start = time("2026-01-01T00:00:00Z");
const core::Timestamp end = time("2026-12-31T00:00:00Z");

pki::Log new_log() {
    return pki::Log({.first_index = 1000, .validity = {.start = start, .end = end}});
}

LogEntry entry_at(pki::Log& log, core::Timestamp at) {
    return log.add("hashedrekord", "0.0.1", "{}", at);
}

void check_refused(const LogEntry& entry, const pki::Log& log) {
    const auto error =
        test::error_of([&] { return verify_signed_entry_timestamp(entry, log.trusted()); });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == core::Reason::untrusted_log);
}

}  // namespace

TEST_SUITE("sigstore/log/signed_entry_timestamp") {
    TEST_CASE("the text is the canonical JSON that Rekor signs") {
        const LogEntry entry{.log_index = 7,
                             .log_id = core::to_bytes("\x01\xfe"),
                             .integrated_time = 1795452139,
                             .body = core::to_bytes("{}")};
        CHECK(signed_entry_text(entry) ==
              R"({"body":"e30=","integratedTime":1795452139,"logID":"01fe","logIndex":7})");
    }

    TEST_CASE("accepts the promises of real logs") {
        const auto check = [](std::string_view bundle, const TransparencyLog& log) {
            const LogEntry entry = Bundle::parse(test::read_data(bundle)).log_entries.at(0);
            CHECK(verify_signed_entry_timestamp(entry, log).unix_seconds() ==
                  static_cast<std::int64_t>(entry.integrated_time));
        };
        const TrustedRoot local = TrustedRoot::parse(test::read_data("rekor/v1.trusted_root.json"));
        check("rekor/blob.v1.bundle.json", local.logs().at(0));
        check("cosign/keyless-rekor-v1.bundle.json", local.logs().at(0));
        check("rekor/sigstore-js-2.0.0.bundle.json", TrustedRoot::public_good().logs().at(0));
    }

    TEST_CASE("accepts both ends of the validity of the log's key, and nothing beyond") {
        pki::Log log = new_log();
        for (const core::Timestamp at : {start, end}) {
            CHECK(verify_signed_entry_timestamp(entry_at(log, at), log.trusted()) == at);
        }
        check_refused(entry_at(log, core::Timestamp::from_unix(start.unix_seconds() - 1)), log);
        check_refused(entry_at(log, core::Timestamp::from_unix(end.unix_seconds() + 1)), log);
        check_refused(entry_at(log, core::Timestamp::from_unix(0)), log);
    }

    TEST_CASE("refuses an entry of which anything is not what was signed") {
        pki::Log log = new_log();
        const LogEntry good = entry_at(log, start);
        LogEntry changed = good;
        changed.body.push_back(std::byte{' '});
        check_refused(changed, log);
        changed = good;
        ++changed.integrated_time;
        check_refused(changed, log);
        changed = good;
        ++changed.log_index;
        check_refused(changed, log);
        changed = good;
        changed.log_id.front() ^= std::byte{1};
        check_refused(changed, log);
    }

    TEST_CASE("refuses no promise, a broken one, and one of another log") {
        pki::Log log = new_log();
        const LogEntry good = entry_at(log, start);
        LogEntry changed = good;
        changed.signed_timestamp.reset();
        check_refused(changed, log);
        changed.signed_timestamp = core::Bytes{};
        check_refused(changed, log);
        changed = good;
        changed.signed_timestamp->back() ^= std::byte{1};
        check_refused(changed, log);
        check_refused(good, new_log());
    }

    TEST_CASE("refuses a time that is none, though it was signed") {
        pki::Log log({.validity = {.start = start}});
        LogEntry entry = entry_at(log, start);
        entry.integrated_time = UINT64_MAX;
        entry.signed_timestamp = log.sign_promise(entry);
        check_refused(entry, log);
        entry.integrated_time = INT64_MAX;
        entry.signed_timestamp = log.sign_promise(entry);
        CHECK_THROWS_AS(static_cast<void>(verify_signed_entry_timestamp(entry, log.trusted())),
                        core::Error);
    }

    TEST_CASE("an entry without a promise has no time") {
        pki::Log log({});
        LogEntry entry = log.add("x", "1", "{}", core::Timestamp::parse("2026-06-01T12:00:00Z"));
        entry.signed_timestamp.reset();
        const auto error =
            test::error_of([&] { return verify_signed_entry_timestamp(entry, log.trusted()); });
        CHECK(error.message().find("has no promise") != std::string::npos);
    }
}

}  // namespace modelseal::sigstore
