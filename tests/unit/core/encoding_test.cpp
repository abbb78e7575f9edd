#include "common/core/encoding.hpp"

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/encoding") {
    TEST_CASE("encodes the vectors of RFC 4648 section 10") {
        CHECK(to_base64(as_bytes("")) == "");
        CHECK(to_base64(as_bytes("f")) == "Zg==");
        CHECK(to_base64(as_bytes("fo")) == "Zm8=");
        CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
        CHECK(to_hex(as_bytes("foobar")) == "666f6f626172");
    }

    TEST_CASE("decodes what it encodes, for every length and byte value") {
        Bytes bytes;
        for (int value = 0; value < 256; ++value) {
            bytes.push_back(static_cast<std::byte>(value));
            CHECK(from_base64(to_base64(bytes)) == bytes);
            CHECK(from_hex(to_hex(bytes)) == bytes);
        }
    }

    TEST_CASE("rejects base64 that is not canonical") {
        for (const auto* text : {"Zg=",
                                 "Zg",
                                 "Z",
                                 "Zg==\n",
                                 " Zg==",
                                 "Zh==",
                                 "Zm9=",
                                 "Zg==Zg==",
                                 "Z===",
                                 "====",
                                 "Zm-v",
                                 "Zm_v",
                                 "Zm9v\r\n"}) {
            CAPTURE(text);
            CHECK_FALSE(from_base64(text).has_value());
        }
    }

    TEST_CASE("decodes the base64 of tokens, and no other") {
        CHECK(from_base64url("") == Bytes());
        CHECK(from_base64url("Zg") == to_bytes("f"));
        CHECK(from_base64url("Zm8") == to_bytes("fo"));
        CHECK(from_base64url("Zm9v") == to_bytes("foo"));
        CHECK(from_base64url("-_8") == from_base64("+/8="));
        for (const auto* text : {"Z", "Zm9vY", "Zg==", "Zh", "Zm9", "+/8", "-_8=", " Zg", "Zg\n"}) {
            CAPTURE(text);
            CHECK_FALSE(from_base64url(text).has_value());
        }
    }

    TEST_CASE("rejects hexadecimal with upper case, an odd length or other characters") {
        for (const auto* text : {"0", "AB", "0x", "g0", " 00"}) {
            CAPTURE(text);
            CHECK_FALSE(from_hex(text).has_value());
        }
    }
}

}  // namespace modelseal::core
