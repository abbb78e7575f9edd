#include "common/services/timestamp_authority.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/signing_service.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using core::ErrorKind;
using test::error_of;
using test::recorded;
using test::Reply;

namespace {

constexpr std::string_view path = "/api/v1/timestamp";

core::Bytes recorded_signature() {
    const auto bundle = sigstore::Bundle::parse(test::read_data("keyless/blob.sigstore.json"));
    return std::get<sigstore::MessageSignature>(bundle.content).signature;
}

digest::Digest imprint() {
    return digest::sha256_of(recorded_signature());
}

core::Bytes good_response() {
    return core::to_bytes(recorded("tsa-1.response").body);
}

core::Error refusal(const core::Bytes& response) {
    return error_of([&] {
        services::check_timestamp_response(response, imprint());
        return 0;
    });
}

core::Error refusal_of_hex(std::string_view hex) {
    return refusal(*core::from_hex(hex));
}

}  // namespace

TEST_SUITE("services/timestamp_authority") {
    TEST_CASE("sends the query of 56 bytes that cosign sends, and keeps the answer as it is") {
        const test::SigningService service(
            {{std::string(path), {reply_of(recorded("tsa-1.response"))}}});
        test::PatientTransport transport;
        const core::Bytes response =
            services::request_timestamp(transport, service.url(path), recorded_signature());
        CHECK(response == good_response());
        REQUIRE(service.requests().size() == 1);
        CHECK(service.requests().front().body == recorded("tsa-1.request").body);
        CHECK(service.requests().front().body.size() == 56);
        CHECK(service.requests().front().header("content-type") == "application/timestamp-query");
    }

    TEST_CASE("refuses a time stamp over something else") {
        const test::SigningService service(
            {{std::string(path), {reply_of(recorded("tsa-2.response"))}}});
        test::PatientTransport transport;
        const auto error = error_of([&] {
            return services::request_timestamp(transport, service.url(path), recorded_signature());
        });
        CHECK(error.kind() == ErrorKind::malformed);
        CHECK(error.message().find("over something else") != std::string::npos);
    }

    TEST_CASE("says what the authority says") {
        const test::SigningService service({{std::string(path), {Reply::of(400, "bad query")}}});
        test::PatientTransport transport;
        const auto error = error_of([&] {
            return services::request_timestamp(transport, service.url(path), recorded_signature());
        });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message() == core::concat("the timestamp authority at ",
                                              service.url(path).to_string(),
                                              " answered 400: \"bad query\""));
    }

    TEST_CASE("refuses a status other than granted, and what is not one response") {
        CHECK(refusal_of_hex("30053003020102").kind() == ErrorKind::denied);
        CHECK(refusal_of_hex("30053003020102").message().find("status 2") != std::string::npos);
        for (const auto* hex : {"3006300402020000", "30053003040100", "3000"}) {
            CHECK(refusal_of_hex(hex).message() == "it has no status");
        }
        for (const auto* hex : {"",
                                "3000",
                                "30053003020100",            // no time stamp
                                "300730030201003000",        // an empty one: nothing of the imprint
                                "300a30030201003000020100",  // something behind it
                                "30073003020100300000",      // bytes behind the response
                                "3081053003020100",          // a length that could be shorter
                                "3080300302010030000000",    // no length
                                "300630040202000030",        // a status of two bytes
                                "30053003040100",            // no status
                                "31053003020100"}) {
            CAPTURE(hex);
            CHECK(refusal_of_hex(hex).kind() == ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses a response that is cut at any byte, or longer") {
        core::Bytes response = good_response();
        CHECK_NOTHROW(services::check_timestamp_response(response, imprint()));
        for (std::size_t size = 0; size < response.size(); ++size) {
            CHECK(refusal({response.begin(), response.begin() + static_cast<std::ptrdiff_t>(size)})
                      .kind() == ErrorKind::malformed);
        }
        response.push_back(std::byte{0});
        CHECK(refusal(response).kind() == ErrorKind::malformed);
    }
}
