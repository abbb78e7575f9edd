#include "common/http/url.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

using modelseal::http::Url;

TEST_SUITE("http/url") {
    TEST_CASE("keeps path and query and lowers scheme and host") {
        const Url url = Url::parse("HTTPS://Registry.Example:8443/v2/a?b=c#d");
        CHECK(url.to_string() == "https://registry.example:8443/v2/a?b=c");
        CHECK(url.port() == 8443);
    }

    TEST_CASE("leaves out a default port and adds the root path") {
        CHECK(Url::parse("https://r.example:443").to_string() == "https://r.example/");
        CHECK(Url::parse("http://r.example?q=1").to_string() == "http://r.example/?q=1");
    }

    TEST_CASE("reads an IPv6 address") {
        const Url url = Url::parse("http://[::1]:5000/v2/");
        CHECK(url.host() == "::1");
        CHECK(url.origin() == "http://[::1]:5000");
        CHECK(url.is_loopback());
    }

    TEST_CASE("refuses what is no plain absolute http URL") {
        for (const char* text : {"",
                                 "r.example/v2",
                                 "ftp://r.example/",
                                 "https://",
                                 "https:///path",
                                 "https://user:password@r.example/",
                                 "https://r.example:0/",
                                 "https://r.example:65536/",
                                 "https://r.example:5x/",
                                 "https://[::1/",
                                 "https://[::1]5000/",
                                 "https://r.example/a b",
                                 "https://r.example/\r\nHost: other",
                                 "https://r.example\\@other/"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(Url::parse(text)), modelseal::core::Error);
        }
    }

    TEST_CASE("resolves what a Location header may hold") {
        const Url base = Url::parse("http://r.example:5000/v2/m/blobs/uploads/?x=1");
        CHECK(base.resolve("/v2/up?s=1").to_string() == "http://r.example:5000/v2/up?s=1");
        CHECK(base.resolve("//other/up").to_string() == "http://other/up");
        CHECK(base.resolve("https://other/up").to_string() == "https://other/up");
        CHECK(base.resolve("id?y=2").to_string() ==
              "http://r.example:5000/v2/m/blobs/uploads/id?y=2");
        CHECK(base.resolve("?y=2").to_string() == "http://r.example:5000/v2/m/blobs/uploads/?y=2");
        CHECK(base.resolve("/a:b").to_string() == "http://r.example:5000/a:b");
    }

    TEST_CASE("adds parameters to a URL with and without a query") {
        const Url url = Url::parse("http://r/u");
        CHECK(url.with_parameter("digest", "sha256:a").to_string() ==
              "http://r/u?digest=sha256%3Aa");
        CHECK(url.with_parameter("a", "1").with_parameter("b", "2&").to_string() ==
              "http://r/u?a=1&b=2%26");
    }

    TEST_CASE("an origin is scheme, host and port") {
        const Url url = Url::parse("https://r.example/a");
        CHECK(url.same_origin(Url::parse("https://R.example:443/b")));
        CHECK_FALSE(url.same_origin(Url::parse("http://r.example/a")));
        CHECK_FALSE(url.same_origin(Url::parse("https://r.example:444/a")));
        CHECK_FALSE(url.same_origin(Url::parse("https://r.example.other/a")));
    }

    TEST_CASE("a name that only begins like a loopback address is not one") {
        CHECK(Url::parse("http://127.0.0.1:5000/").is_loopback());
        CHECK(Url::parse("http://localhost/").is_loopback());
        CHECK_FALSE(Url::parse("http://127.0.0.1.example/").is_loopback());
        CHECK_FALSE(Url::parse("http://localhost.example/").is_loopback());
    }

    TEST_CASE("hides the query in messages") {
        CHECK(Url::parse("https://s/b?X-Signature=secret").redacted() == "https://s/b?…");
        CHECK(Url::parse("https://s/b").redacted() == "https://s/b");
    }
}
