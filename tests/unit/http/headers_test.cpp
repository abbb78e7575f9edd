#include "common/http/headers.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

using modelseal::http::ContentRange;
using modelseal::http::Headers;

namespace {

Headers with(std::string_view name, std::string_view value) {
    Headers headers;
    headers.add(name, value);
    return headers;
}

}  // namespace

TEST_SUITE("http/headers") {
    TEST_CASE("finds a field whatever its case") {
        Headers headers = with("content-TYPE", "Application/JSON; charset=utf-8");
        CHECK(headers.get("Content-Type") == "Application/JSON; charset=utf-8");
        CHECK(headers.media_type() == "application/json");
        CHECK_FALSE(headers.get("Content").has_value());
        headers.set("Content-Type", "text/plain");
        CHECK(headers.get_all("content-type") == std::vector<std::string>{"text/plain"});
    }

    TEST_CASE("refuses a Content-Length that is no number or is given twice differently") {
        CHECK(with("Content-Length", "12").content_length() == 12);
        CHECK_FALSE(Headers().content_length().has_value());
        CHECK_THROWS_AS(static_cast<void>(with("Content-Length", "-1").content_length()),
                        modelseal::core::Error);
        Headers headers = with("Content-Length", "12");
        headers.add("Content-Length", "13");
        CHECK_THROWS_AS(static_cast<void>(headers.content_length()), modelseal::core::Error);
    }

    TEST_CASE("reads a content range, with and without a total") {
        CHECK(ContentRange::parse("bytes 0-9/100") == ContentRange{0, 9, 100});
        CHECK(ContentRange::parse("bytes 5-5/*") == ContentRange{5, 5, std::nullopt});
    }

    TEST_CASE("refuses a content range that cannot be") {
        for (const char* text : {"",
                                 "bytes",
                                 "bytes 0-9",
                                 "bytes */100",
                                 "bytes 9-0/100",
                                 "bytes 0-100/100",
                                 "bytes -9/100",
                                 "bytes 0-/100",
                                 "items 0-9/100",
                                 "bytes 0-9/x",
                                 "bytes 0/9-100",
                                 "bytes 0-99999999999999999999/*"}) {
            CAPTURE(text);
            CHECK_FALSE(ContentRange::parse(text).has_value());
        }
    }

    TEST_CASE("finds the next page among several links") {
        using modelseal::http::next_link;
        CHECK(next_link(with("Link", R"(</v2/m/tags/list?last=b&n=2>; rel="next")")) ==
              "/v2/m/tags/list?last=b&n=2");
        CHECK(next_link(with("link", R"(</first>; rel="first", </next>; title="x"; rel=next)")) ==
              "/next");
        CHECK(next_link(with("Link", R"(</both>; rel="last next")")) == "/both");
        CHECK_FALSE(next_link(with("Link", R"(</prev>; rel="prev")")).has_value());
        CHECK_FALSE(next_link(with("Link", "</broken; rel=next")).has_value());
        CHECK_FALSE(next_link(with("Link", "> rel=next <")).has_value());
        CHECK_FALSE(next_link(Headers()).has_value());
    }
}
