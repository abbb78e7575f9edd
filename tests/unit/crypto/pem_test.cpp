#include "common/crypto/pem.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

TEST_SUITE("crypto/pem") {
    TEST_CASE("writes lines of 64 columns and reads them back") {
        const core::Bytes content(100, std::byte{0x41});
        const std::string text = to_pem("X", content);
        CHECK(text.starts_with("-----BEGIN X-----\nQUFB"));
        CHECK(text.find('\n', 18) == 18 + 64);
        CHECK(text.ends_with("\n-----END X-----\n"));
        CHECK(parse_first_pem(text).label == "X");
        CHECK(parse_first_pem(text).content == content);
    }

    TEST_CASE("skips text before the block and takes CRLF line ends") {
        const PemBlock block =
            parse_first_pem("a comment\r\n-----BEGIN X-----\r\nQUFB\r\n-----END X-----\r\n");
        CHECK(block.content == core::to_bytes("AAA"));
    }

    TEST_CASE("refuses what is not one whole block") {
        for (const auto* text : {"",
                                 "QUFB",
                                 "-----BEGIN X",
                                 "-----BEGIN -----\nQUFB\n-----END -----\n",
                                 "x-----BEGIN X-----\nQUFB\n-----END X-----\n",
                                 "-----BEGIN X-----\n-----END X-----\n",
                                 "-----BEGIN X-----\nQUFB\n-----END Y-----\n",
                                 "-----BEGIN X-----\nQU B\n-----END X-----\n",
                                 "-----BEGIN X-----\nDEK-Info: A\n\nQUFB\n-----END X-----\n"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(parse_first_pem(text)), core::Error);
        }
    }

    TEST_CASE("refuses more than 64 KiB") {
        const core::Bytes content(64U << 10U, std::byte{0});
        CHECK_THROWS_AS(static_cast<void>(parse_first_pem(to_pem("X", content))), core::Error);
    }
}

}  // namespace modelseal::crypto
