#include "common/crypto/x509/der_value.hpp"

#include "common/core/encoding.hpp"
#include "tests/support/pki/der.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

core::Bytes hex(std::string_view text) {
    return core::from_hex(text).value();
}

}  // namespace

TEST_SUITE("crypto/x509/der_value") {
    TEST_CASE("reads text of any length") {
        for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U}) {
            CAPTURE(size);
            const std::string text(size, 'x');
            CHECK(parse_utf8_string(pki::utf8_string(text)) == text);
        }
        CHECK(parse_utf8_string(hex("0c02c3bc")) == "ü");
    }

    TEST_CASE("reads the content of an octet string") {
        const core::Bytes der = hex("0403010203");
        const auto content = octet_string_content(der);
        REQUIRE(content);
        CHECK(core::to_hex(*content) == "010203");
        CHECK(octet_string_content(hex("0400")));
    }

    TEST_CASE("refuses other tags, bytes behind, and text that is not UTF-8") {
        CHECK_FALSE(parse_utf8_string(hex("160141")));
        CHECK_FALSE(parse_utf8_string(hex("0c014100")));
        CHECK_FALSE(parse_utf8_string(hex("0c01ff")));
        CHECK_FALSE(parse_utf8_string(hex("2c030c0141")));
        CHECK_FALSE(octet_string_content(hex("0c0141")));
        CHECK_FALSE(octet_string_content(hex("2403040141")));
    }

    TEST_CASE("refuses lengths that are not in DER's one form") {
        CHECK_FALSE(parse_utf8_string(hex("0c810141")));    // short, written long
        CHECK_FALSE(parse_utf8_string(hex("0c82000141")));  // with a zero in front
        CHECK_FALSE(parse_utf8_string(hex("0c80410000")));  // indefinite
        CHECK_FALSE(parse_utf8_string(hex("0c85000000000141")));
        CHECK_FALSE(parse_utf8_string(hex("0cff")));
        CHECK_FALSE(parse_utf8_string(hex("0c84ffffffff")));
    }

    TEST_CASE("refuses what ends at any byte too early") {
        const core::Bytes der = pki::utf8_string(std::string(300, 'x'));
        for (std::size_t size = 0; size < der.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(parse_utf8_string(std::span(der).first(size)));
        }
    }
}

}  // namespace modelseal::crypto
