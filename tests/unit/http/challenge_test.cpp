#include "common/http/challenge.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

using modelseal::http::Challenge;
using modelseal::http::parse_challenges;

TEST_SUITE("http/challenge") {
    TEST_CASE("reads the challenge of a token service") {
        const auto found = parse_challenges(
            R"(Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push")");
        REQUIRE(found.size() == 1);
        CHECK(found[0].scheme == "bearer");
        CHECK(found[0].parameters.at("realm") == "https://auth.example/token");
        CHECK(found[0].parameters.at("scope") == "repository:a/b:pull,push");
    }

    TEST_CASE("reads several challenges in one field") {
        const auto found = parse_challenges(
            R"(Negotiate, Basic realm="a, \"b\"", charset=UTF-8 , NTLM TlRMTVNTUAACAA==,, Bearer Realm = x)");
        REQUIRE(found.size() == 4);
        CHECK(found[0] == Challenge{"negotiate"});
        CHECK(found[1].parameters.at("realm") == R"(a, "b")");
        CHECK(found[1].parameters.at("charset") == "UTF-8");
        CHECK(found[2].token68 == "TlRMTVNTUAACAA==");
        CHECK(found[3].parameters.at("realm") == "x");
    }

    TEST_CASE("an empty field holds no challenge") {
        CHECK(parse_challenges("").empty());
        CHECK(parse_challenges(" , ,").empty());
    }

    TEST_CASE("refuses what is not a list of challenges") {
        for (const char* text : {R"(Basic realm="a)",
                                 R"(Basic realm="a\)",
                                 R"(Basic realm="a" charset="b")",
                                 R"(Basic realm="a", REALM="b")",
                                 R"(Basic a="b", realm=)",
                                 R"("quoted")",
                                 R"(Basic=x)",
                                 "=",
                                 "\x01"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(parse_challenges(text)), modelseal::core::Error);
        }
        CHECK_THROWS_AS(static_cast<void>(parse_challenges(std::string(20000, 'a'))),
                        modelseal::core::Error);
    }

    TEST_CASE("cut anywhere, it is read or refused") {
        const std::string text = R"(Basic realm="a\"b", Bearer realm="https://a/t",scope="x y")";
        for (std::size_t length = 0; length < text.size(); ++length) {
            try {
                const auto found = parse_challenges(text.substr(0, length));
                CHECK(found.size() <= 3);  // "…, scope" alone could be a scheme
            } catch (const modelseal::core::Error& error) {
                CHECK(error.kind() == modelseal::core::ErrorKind::malformed);
            }
        }
    }
}
