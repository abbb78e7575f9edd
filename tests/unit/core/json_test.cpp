#include "common/core/json.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::core {

namespace {

Error refusal_of(std::string_view text, const JsonLimits& limits = {}) {
    CAPTURE(printable(text));
    Error error = test::error_of([&] { return parse_json(text, limits); });
    CHECK(error.kind() == ErrorKind::malformed);
    return error;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_SUITE("core/json") {
    TEST_CASE("reads every kind of value and keeps the order of keys") {
        const std::string text =
            R"({"z":1,"a":[true,false,null,-2,1.5,"x"],"m":{"k":"\u00e4\ud83d\ude00"},"e":{},"n":[]})";
        const Json value = parse_json(text);
        CHECK(value.dump() ==
              "{\"z\":1,\"a\":[true,false,null,-2,1.5,\"x\"],\"m\":{\"k\":\"ä😀\"},\"e\":{},\"n\":[]"
              "}");
        CHECK(parse_json(" \t\r\n\"alone\" ") == "alone");
        CHECK(parse_json("18446744073709551615").get<std::uint64_t>() == ~std::uint64_t{0});
    }

    TEST_CASE("refuses what is not exactly one JSON document") {
        for (const char* text :
             {"",        " ",         "{} {}",     "{},",     "[1,]",  "{\"a\":1,}", "{a:1}",
              "{'a':1}", "[1 2]",     "01",        "+1",      ".5",    "1.",         "1e",
              "NaN",     "Infinity",  "-Infinity", "1e999",   "tru",   "\"\t\"",     "\"\\x41\"",
              "\"open",  "/* c */ 1", "// c\n1",   "{\"a\"}", "{1:2}", "]",          "[}"}) {
            CAPTURE(text);
            refusal_of(text);
        }
    }

    TEST_CASE("refuses duplicate keys, also when they are spelled differently") {
        CHECK(refusal_of(R"({"a":1,"a":1})").message().find("\"a\"") != std::string::npos);
        refusal_of(R"({"a":1,"\u0061":2})");
        refusal_of(R"({"x":{"b":[],"c":{},"b":0}})");
        refusal_of(R"({"":1,"":2})");
        CHECK_NOTHROW(
            static_cast<void>(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})")));
    }

    TEST_CASE("refuses text that is not UTF-8 or hides something") {
        refusal_of("\xEF\xBB\xBF{}");
        refusal_of(std::string_view("{}\0", 3));
        refusal_of(std::string_view("{}\0garbage", 10));
        refusal_of("\"\xC3(\"");
        refusal_of("\"\xED\xA0\x80\"");
        refusal_of(R"("\ud800")");
        refusal_of(R"("\udc00\ud800")");
    }

    TEST_CASE("stops at the depth limit, however deep the text goes") {
        CHECK_NOTHROW(static_cast<void>(parse_json(nested(64))));
        CHECK(refusal_of(nested(65)).message().find("64 levels") != std::string::npos);
        refusal_of(std::string(10'000, '['));
        refusal_of(nested(3), {.depth = 2});
        std::string objects;
        for (int i = 0; i < 10'000; ++i) {
            objects += "{\"a\":";
        }
        refusal_of(objects);
    }

    TEST_CASE("refuses more than the size limit before it reads") {
        CHECK(refusal_of("[1,2]", {.size = 4}).reason() == Reason::limit_exceeded);
        CHECK_NOTHROW(static_cast<void>(parse_json("[1,2]", {.size = 5})));
    }

    TEST_CASE("limits the number of values, whose memory the text's length does not tell") {
        const auto text_with = [](std::size_t values) {
            std::string text = "[";
            for (std::size_t i = 2; i < values; ++i) {
                text += "{},";
            }
            return text + "0]";
        };
        const JsonLimits limits{.size = 65536};
        CHECK_NOTHROW(static_cast<void>(parse_json(text_with(4096), limits)));
        CHECK(refusal_of(text_with(4097), limits).message() == "it holds more than 4096 values");
    }

    TEST_CASE("refuses every beginning of a document, naming the byte") {
        const std::string whole = R"({"a":[1,{"b":"c\u00e4"}],"d":{"e":null}})";
        for (std::size_t length = 0; length < whole.size(); ++length) {
            CAPTURE(length);
            CHECK(refusal_of(whole.substr(0, length)).message() ==
                  concat("not valid JSON at byte ", length));
        }
    }

    TEST_CASE("reads an object of 100,000 keys in linear time") {
        std::string text = "{";
        for (int i = 0; i < 100'000; ++i) {
            text += concat(i == 0 ? "" : ",", "\"key", i, "\":", i);
        }
        text += "}";
        const Json value = parse_json(text);  // a quadratic parser takes minutes
        CHECK(value.size() == 100'000);
    }

    TEST_CASE("writes what Go's json.Marshal writes") {
        Json value = {{"html", "<a href=\"x\">&</a>"}, {"lines", "\xE2\x80\xA8\xE2\x80\xA9"}};
        value["text"] = "ä€\n\t\x01";
        CHECK(to_go_json(value) ==
              R"({"html":"\u003ca href=\"x\"\u003e\u0026\u003c/a\u003e","lines":"\u2028\u2029",)"
              "\"text\":\"ä€\\n\\t\\u0001\"}");
        CHECK(to_pretty_json(Json{{"a", {1, 2}}, {"b", "<"}}) ==
              "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"\\u003c\"\n}");
        CHECK(to_pretty_json(Json::object()) == "{}");
    }

    TEST_CASE("gives typed fields, or an error that names the field") {
        const Json value =
            parse_json(R"({"s":"x","n":7,"neg":-1,"f":1.0,"o":{},"a":[],"null":null})");
        CHECK(require_string(value, "s") == "x");
        CHECK(require_unsigned(value, "n") == 7);
        CHECK(require_object(value, "o").empty());
        CHECK(require_array(value, "a").empty());
        CHECK(optional_string(value, "s") == "x");
        CHECK_FALSE(optional_string(value, "missing"));
        CHECK(find(value, "missing") == nullptr);
        CHECK(find(parse_json("[]"), "s") == nullptr);

        const auto refuses = [](const auto& body, std::string_view field) {
            try {
                body();
                FAIL("accepted");
            } catch (const Error& error) {
                CHECK(error.kind() == ErrorKind::malformed);
                CHECK(error.message().find(concat('"', field, '"')) != std::string::npos);
            }
        };
        refuses([&] { static_cast<void>(require(value, "missing")); }, "missing");
        refuses([&] { static_cast<void>(require_string(value, "n")); }, "n");
        refuses([&] { static_cast<void>(require_unsigned(value, "neg")); }, "neg");
        refuses([&] { static_cast<void>(require_unsigned(value, "f")); }, "f");
        refuses([&] { static_cast<void>(require_object(value, "a")); }, "a");
        refuses([&] { static_cast<void>(require_array(value, "o")); }, "o");
        refuses([&] { static_cast<void>(optional_string(value, "null")); }, "null");
    }

    TEST_CASE("refuses to write what is not UTF-8, as key or as value") {
        for (const Json& value : {Json{{"key", "\xFF"}}, Json{{"\xFF", "value"}}}) {
            CHECK(test::error_of([&] { return to_go_json(value); }).kind() == ErrorKind::malformed);
            CHECK(test::error_of([&] { return to_pretty_json(value); }).kind() ==
                  ErrorKind::malformed);
        }
    }
}

}  // namespace modelseal::core
