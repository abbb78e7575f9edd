#include "common/sigstore/key_time.hpp"

#include "tests/support/data.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

core::Timestamp at(std::string_view text) {
    return core::Timestamp::parse(text);
}

const core::Timestamp start = at("2026-01-01T00:00:00Z");
const core::Timestamp end = at("2026-12-31T23:59:59Z");
const core::Timestamp leak = at("2026-04-21T02:00:00Z");
const core::Timestamp before = at("2025-06-01T00:00:00Z");
const core::Timestamp inside = at("2026-03-01T00:00:00Z");
const core::Timestamp after_leak = at("2026-06-01T00:00:00Z");
const core::Timestamp after = at("2027-06-01T00:00:00Z");

TrustedKey key(std::optional<Validity> validity, std::optional<core::Timestamp> compromised = {}) {
    return {.key = crypto::PublicKey::parse_pem(test::read_data("cosign/cosign.pub")),
            .name = "release",
            .validity = validity,
            .compromised_at = compromised};
}

bool counts(const TrustedKey& key, const std::vector<core::Timestamp>& times, core::Timestamp now) {
    return !why_key_does_not_count(key, times, now);
}

}  // namespace

TEST_SUITE("sigstore/key_time") {
    TEST_CASE("a key without window and compromise needs no time") {
        CHECK(counts(key({}), {}, after));
        CHECK(counts(key({}), {before}, after));
    }

    TEST_CASE("a key counts within its window, both ends included, without a trusted time") {
        const TrustedKey windowed = key(Validity{.start = start, .end = end});
        CHECK(counts(windowed, {}, inside));
        CHECK(counts(windowed, {}, start));
        CHECK(counts(windowed, {}, end));
        CHECK_FALSE(counts(windowed, {}, before));
        CHECK_FALSE(counts(windowed, {}, after));
        CHECK(counts(key(Validity{.start = start}), {}, after));
    }

    TEST_CASE("outside its window only a trusted time inside it helps") {
        const TrustedKey windowed = key(Validity{.start = start, .end = end});
        CHECK(counts(windowed, {inside}, after));
        CHECK(counts(windowed, {after, inside}, after));
        CHECK_FALSE(counts(windowed, {after}, after));
        CHECK_FALSE(counts(windowed, {before}, after));
        // A signature that is proved to be older than the key's first day is not today's.
        CHECK_FALSE(counts(windowed, {before}, inside));
    }

    TEST_CASE("a compromised key counts only with a trusted time before the compromise") {
        const TrustedKey compromised = key({}, leak);
        CHECK(counts(compromised, {inside}, after));
        CHECK_FALSE(counts(compromised, {}, after));
        CHECK_FALSE(counts(compromised, {after_leak}, after));
        CHECK_FALSE(counts(compromised, {leak}, after));
        CHECK(counts(compromised, {at("2026-04-21T01:59:59Z")}, after));
        CHECK(counts(compromised, {after_leak, inside}, after));
    }

    TEST_CASE("setting the clock back makes no compromised key count") {
        CHECK_FALSE(counts(key({}, leak), {}, inside));
        CHECK_FALSE(counts(key(Validity{.start = start, .end = end}, leak), {}, inside));
    }

    TEST_CASE("with window and compromise a trusted time must be in the one and before the other") {
        const TrustedKey both = key(Validity{.start = start, .end = end}, leak);
        CHECK(counts(both, {inside}, after));
        CHECK_FALSE(counts(both, {before}, after));
        CHECK_FALSE(counts(both, {after_leak}, after));
        CHECK_FALSE(counts(both, {before, after_leak}, after));
    }

    TEST_CASE("says why a key does not count") {
        CHECK(why_key_does_not_count(key({}, leak), {}, after) ==
              "the key release was compromised at 2026-04-21T02:00:00Z, and no trusted time says "
              "when "
              "the signature was made");
        CHECK(why_key_does_not_count(
                  key(Validity{.start = start, .end = end}), std::vector{after}, after) ==
              "the key release is valid from 2026-01-01T00:00:00Z until 2026-12-31T23:59:59Z, and "
              "the "
              "signature is proved only for 2027-06-01T00:00:00Z");
    }
}

}  // namespace modelseal::sigstore
