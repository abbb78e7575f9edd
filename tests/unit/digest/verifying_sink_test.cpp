#include "common/digest/verifying_sink.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::digest {

namespace {

constexpr std::uint64_t collected_limit = 1000;

core::Reason reason_of(const auto& body) {
    const core::Error error = test::error_of(body);
    CHECK(error.kind() == core::ErrorKind::mismatch);
    return error.reason();
}

}  // namespace

TEST_SUITE("digest/verifying_sink") {
    TEST_CASE("forwards the bytes and accepts the stated size and digest") {
        core::StringSink collected(collected_limit);
        VerifyingSink sink(collected, sha256_of(core::as_bytes("weights")), 7);
        sink.write(core::as_bytes("wei"));
        sink.write(core::as_bytes(""));
        sink.write(core::as_bytes("ghts"));
        sink.finish();
        CHECK(collected.text() == "weights");
    }

    TEST_CASE("accepts nothing when nothing is stated") {
        core::StringSink collected(collected_limit);
        VerifyingSink sink(collected, sha256_of({}), 0);
        sink.finish();
    }

    TEST_CASE("refuses the first byte too many before it is forwarded") {
        core::StringSink collected(collected_limit);
        VerifyingSink sink(collected, sha256_of(core::as_bytes("weights")), 7);
        sink.write(core::as_bytes("weights"));
        CHECK(reason_of([&] { sink.write(core::as_bytes("!")); }) == core::Reason::size_mismatch);
        CHECK(collected.text() == "weights");
    }

    TEST_CASE("refuses too few bytes") {
        core::StringSink collected(collected_limit);
        VerifyingSink sink(collected, sha256_of(core::as_bytes("weights")), 7);
        sink.write(core::as_bytes("weight"));
        CHECK(reason_of([&] { sink.finish(); }) == core::Reason::size_mismatch);
    }

    TEST_CASE("refuses other bytes of the right size, naming both digests") {
        core::StringSink collected(collected_limit);
        const Digest expected = sha256_of(core::as_bytes("weights"));
        VerifyingSink sink(collected, expected, 7);
        sink.write(core::as_bytes("Weights"));
        try {
            sink.finish();
            FAIL("accepted");
        } catch (const core::Error& error) {
            CHECK(error.reason() == core::Reason::digest_mismatch);
            CHECK(error.message().find(expected.to_string()) != std::string::npos);
            CHECK(error.message().find(sha256_of(core::as_bytes("Weights")).to_string()) !=
                  std::string::npos);
        }
    }
}

}  // namespace modelseal::digest
