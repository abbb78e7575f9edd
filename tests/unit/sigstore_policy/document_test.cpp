#include "common/sigstore/policy/document.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

std::string refusal(std::string_view text) {
    const core::Error error = test::error_of([&] { return parse_document(text); });
    CHECK(error.kind() == core::ErrorKind::malformed);
    return error.message();
}

}  // namespace

TEST_SUITE("sigstore/policy/document") {
    TEST_CASE("reads mappings, lists and scalars with their positions") {
        const Node root = parse_document("a: 1\nb:\n  - x\n  - \"y\"\nc: |\n  two\n  lines\n");
        REQUIRE(root.kind == Node::Kind::mapping);
        REQUIRE(root.members.size() == 3);
        CHECK(root.members[0].key == "a");
        CHECK(root.members[0].value.text == "1");
        CHECK(root.members[0].value.style == ScalarStyle::plain);
        const Node& list = root.members[1].value;
        REQUIRE(list.items.size() == 2);
        CHECK(list.items[1].text == "y");
        CHECK(list.items[1].style == ScalarStyle::quoted);
        CHECK(list.items[1].position.line == 4);
        CHECK(list.items[1].position.column == 5);
        CHECK(root.members[2].value.text == "two\nlines\n");
        CHECK(root.members[2].value.style == ScalarStyle::quoted);
        CHECK(root.members[2].position.line == 5);
        CHECK(root.members[2].position.column == 1);
    }

    TEST_CASE("a scalar keeps the text that was written, whatever YAML would make of it") {
        for (const std::string text : {"no",
                                       "yes",
                                       "0o17",
                                       "017",
                                       "1e3",
                                       "1.10",
                                       "12:30:45",
                                       "2026-04-21",
                                       "0x1F",
                                       "1_000"}) {
            CAPTURE(text);
            CHECK(parse_document("a: " + text + "\n").members[0].value.text == text);
        }
    }

    TEST_CASE("reads JSON, where numbers and words are no text") {
        const Node root =
            parse_document("{\"a\":1,\"b\":[\"x\",true],\n\t\"c\": {\"d\": \"\\u0041\"}}");
        CHECK(root.members[0].value.style == ScalarStyle::literal);
        CHECK(root.members[1].value.items[0].style == ScalarStyle::quoted);
        CHECK(root.members[1].value.items[1].style == ScalarStyle::literal);
        CHECK(root.members[2].value.members[0].value.text == "A");
    }

    TEST_CASE("refuses in braces what is not JSON") {
        for (const auto* text : {"{a: 1}",
                                 "{\"a\": x}",
                                 "{\"a\": 'x'}",
                                 "{\"a\": 1,}",
                                 "{\"a\"}",
                                 "{\"a\": 01}",
                                 "{\"a\": 1} # no",
                                 "{\"a\": NaN}"}) {
            CAPTURE(text);
            refusal(text);
        }
    }

    TEST_CASE("refuses anchors, aliases, tags, directives and merge keys that need them") {
        CHECK(refusal("a: &x 1\n").find("line 1, column 4: anchors") == 0);
        CHECK(refusal("a: &x\n  b: 1\n").find("anchors") != std::string::npos);
        CHECK(refusal("a: &x [1]\n").find("anchors") != std::string::npos);
        CHECK(refusal("a: &x\nb: 1\n").find("anchors") != std::string::npos);
        CHECK(refusal("&x a: 1\n").find("anchors") != std::string::npos);
        CHECK(refusal("a: *x\n").find("line 1, column 4: ") == 0);
        CHECK(refusal("a: !!str 1\n").find("line 1, column 4: tags") == 0);
        CHECK(refusal("a: ! 1\n").find("tags") != std::string::npos);
        CHECK(refusal("a: !own x\n").find("tags") != std::string::npos);
        CHECK(refusal("a: !<tag:yaml.org,2002:str> x\n").find("tags") != std::string::npos);
        CHECK(refusal("!!map {a: 1}\n").find("tags") != std::string::npos);
        CHECK(refusal("a: !!seq [1]\n").find("tags") != std::string::npos);
        CHECK(refusal("!!str a: 1\n").find("tags") != std::string::npos);
        CHECK(refusal("%YAML 1.2\n---\na: 1\n").find("line 1, column 1: directives") == 0);
        CHECK(refusal("a: 1\n...\n%TAG ! x\n---\nb: 1\n").find("directives") != std::string::npos);
    }

    TEST_CASE("refuses a key that occurs twice, or is no text") {
        CHECK(refusal("a: 1\nb: 2\na: 3\n") == "line 3, column 1: the key \"a\" occurs twice");
        CHECK(refusal("a: 1\n\"a\": 3\n").find("occurs twice") != std::string::npos);
        CHECK(refusal("x:\n  - a: 1\n    a: 1\n").find("line 3, column 5") == 0);
        CHECK(refusal("{\"a\": 1, \"\\u0061\": 2}").find("occurs twice") != std::string::npos);
        CHECK(refusal("? [a]\n: 1\n").find("a key is a text") != std::string::npos);
        CHECK(refusal("? {a: b}\n: 1\n").find("a key is a text") != std::string::npos);
        refusal("~: 1\n");
        refusal(": 1\n");
    }

    TEST_CASE("refuses a value that is missing or null") {
        for (const auto* text : {"a:\n",
                                 "a: ~\n",
                                 "a: null\n",
                                 "a: NULL\n",
                                 "a:\n  -\n",
                                 "a: [~]\n",
                                 "x: {a}\n",
                                 "{\"a\": null}"}) {
            CAPTURE(text);
            CHECK(refusal(text).find("missing or null") != std::string::npos);
        }
        CHECK(parse_document("a: \"null\"\n").members[0].value.text == "null");
    }

    TEST_CASE("refuses a second document and an empty one") {
        CHECK(refusal("a: 1\n---\nb: 2\n").find("line 2, column 1: a second document") == 0);
        CHECK(refusal("--- a\n--- b\n").find("a second document") != std::string::npos);
        CHECK(refusal("").find("cut off") != std::string::npos);
        CHECK(refusal("\n").find("is empty") != std::string::npos);
        CHECK(refusal("# only a comment\n").find("is empty") != std::string::npos);
        CHECK(refusal("---\n...\n") != "");
        CHECK(parse_document("---\na: 1\n...\n").members.size() == 1);
    }

    TEST_CASE("refuses what a reviewer would not see") {
        CHECK(refusal(std::string_view("a: 1\n\0b: 2\n", 11)).find("line 2, column 1: ") == 0);
        CHECK(refusal("a: 1\n\x04\n") != "");  // yaml-cpp would end here
        CHECK(refusal("\xEF\xBB\xBF"
                      "a: 1\n") != "");
        CHECK(refusal("a: \xFF\n").find("line 1, column 4: ") == 0);
        CHECK(refusal("a: 1 # \xE2\x80\xAE later\n").find("line 1, column 8: ") == 0);
        CHECK(refusal("a:\t\x1B[2J\n").find("line 1, column 4: ") == 0);
        CHECK(refusal(std::string_view("a\0:\0 \0x\0\n\0", 10)) != "");  // UTF-16
    }

    TEST_CASE("refuses a text whose last line has no end") {
        CHECK(refusal("a: 12") ==
              "line 1, column 6: the last line has no end: the text may be cut off");
        CHECK(parse_document("a: 12\n").members[0].value.text == "12");
        CHECK(parse_document("a: 12\r\n").members[0].value.text == "12");
    }

    TEST_CASE("refuses what is too large, too deep or too much") {
        std::string large = "a: 1\n#" + std::string(document_size_limit, 'x') + "\n";
        CHECK(test::error_of([&] { return parse_document(large); }).reason() ==
              core::Reason::limit_exceeded);
        large = "a: 1\n#" + std::string(document_size_limit - 7, 'x') + "\n";
        CHECK(parse_document(large).members.size() == 1);
        const auto nested = [](std::size_t depth) {
            return "a: " + std::string(depth, '[') + "1" + std::string(depth, ']') + "\n";
        };
        CHECK_NOTHROW(static_cast<void>(parse_document(nested(document_depth_limit - 1))));
        CHECK(test::error_of([&] {
                  return parse_document(nested(document_depth_limit));
              }).reason() == core::Reason::limit_exceeded);
        CHECK(refusal(std::string(100000, '[') + "\n") != "");
        CHECK(refusal("{\"a\":" + std::string(400000, '[')) != "");
        std::string many = "a:\n";
        for (std::size_t i = 0; i < document_value_limit; ++i) {
            many += "- 1\n";
        }
        CHECK(test::error_of([&] { return parse_document(many); }).reason() ==
              core::Reason::limit_exceeded);
    }

    TEST_CASE("refuses what is not YAML, with the position") {
        CHECK(refusal("a: [1\nb: 2\n").find("not valid YAML") != std::string::npos);
        CHECK(refusal("a: \"x\n").find("not valid YAML") != std::string::npos);
        CHECK(refusal("a: 'it''s\n").find("line 1, column 4: ") == 0);
        CHECK(refusal("a: \"x\\\"\n").find("line 1, column 4: ") == 0);
        CHECK(refusal("\"a: 1\n") != "");
        for (const auto* open :
             {"a: [1\n", "a: [1,\n", "a: {b: 1\n", "a: {b\n", "a: [\n", "a: {\n", "- [\n"}) {
            CAPTURE(open);
            refusal(open);
        }
        CHECK(parse_document("a: 'it''s'\nb: \"\\\"\"\n").members[1].value.text == "\"");
        CHECK(refusal("a: 1\n  b: 2\n").find("line 2, column ") == 0);
        CHECK(refusal("a: 1\n]\n") != "");
        CHECK(refusal("a: 1\n\tb: 2\n") != "");
        CHECK(refusal("a: \"\\ud83d\"\n") != "");
    }
}

}  // namespace modelseal::sigstore
