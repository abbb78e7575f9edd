#include "common/registry/auth/token_response.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using modelseal::core::concat;
using modelseal::core::ErrorKind;
using modelseal::registry::parse_token_response;
using modelseal::test::error_of;

namespace {

bool is_refused(std::string_view text) {
    return error_of([&] { return parse_token_response(text); }).kind() == ErrorKind::malformed;
}

constexpr std::string_view golden =
    R"({"token":"a.b.c","expires_in":300,"issued_at":"2026-04-21T02:00:00Z","more":[1]})";

}  // namespace

TEST_SUITE("registry/auth/token_response") {
    TEST_CASE("reads what docker's and OAuth 2 token services answer") {
        const auto token = parse_token_response(golden);
        CHECK(token.value.reveal() == "a.b.c");
        CHECK(token.lifetime == 300s);
        const auto oauth = parse_token_response(
            R"({"access_token":"x","token_type":"Bearer","expires_in":60,"refresh_token":"r"})");
        CHECK(oauth.value.reveal() == "x");
        CHECK(parse_token_response(R"({"token":"","access_token":"y"})").value.reveal() == "y");
        CHECK(parse_token_response(R"({"token":"t","access_token":"y"})").value.reveal() == "t");
    }

    TEST_CASE("a token without a lifetime lives for a minute, none for over a year") {
        CHECK(parse_token_response(R"({"token":"t"})").lifetime == 60s);
        CHECK(parse_token_response(R"({"token":"t","expires_in":0})").lifetime == 60s);
        CHECK(parse_token_response(R"({"token":"t","expires_in":18446744073709551615})").lifetime ==
              24h * 365);
    }

    TEST_CASE("refuses what is no token or cannot stand in a header") {
        for (const std::string_view text : {"",
                                            "[]",
                                            "\"token\"",
                                            "{}",
                                            R"({"token":""})",
                                            R"({"token":7})",
                                            R"({"token":null})",
                                            R"({"token":"t","expires_in":-1})",
                                            R"({"token":"t","expires_in":"60"})",
                                            R"({"token":"t","expires_in":1.5})",
                                            R"({"token":"t","token":"u"})",
                                            R"({"token":"t","token_type":"mac"})",
                                            R"({"token":"a b"})",
                                            R"({"token":"a\r\nX-Header: b"})",
                                            R"({"token":"ä"})",
                                            R"({"token":"t"} x)"}) {
            CHECK_MESSAGE(is_refused(text), text);
        }
        CHECK(is_refused(concat(R"({"token":")", std::string(200'000, 'x'), "\"}")));
    }

    TEST_CASE("refuses an answer that is cut at any byte") {
        for (std::size_t size = 0; size < golden.size(); ++size) {
            CHECK(is_refused(golden.substr(0, size)));
        }
    }

    TEST_CASE("no error shows a token") {
        const auto error =
            error_of([&] { return parse_token_response(R"({"token":"secret value"})"); });
        CHECK(error.message().find("secret") == std::string::npos);
    }
}
