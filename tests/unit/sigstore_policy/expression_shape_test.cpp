#include "common/sigstore/policy/expression_shape.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

ExpressionShape only(std::string_view expression) {
    const auto shapes = shapes_of(expression);
    REQUIRE(shapes);
    REQUIRE(shapes->size() == 1);
    return shapes->front();
}

}  // namespace

TEST_SUITE("sigstore/policy/expression_shape") {
    TEST_CASE("finds the text with which every match begins, and that with which it ends") {
        struct Case {
            std::string_view expression;
            std::string_view prefix;
            std::string_view suffix;
        };

        for (const Case& known : {Case{R"(a\.b/.*@c\.d)", "a.b/", "@c.d"},
                                  Case{"a[.]b.c", "a.b", "c"},
                                  Case{"ab?c", "a", "c"},
                                  Case{"ab*", "a", ""},
                                  Case{"ab{2}c", "a", "2}c"},  // more than is, but no "@"
                                  Case{"a(b|c)d", "a", "d"},
                                  Case{"a(?:b)d", "a", "d"},
                                  Case{"a[]b|/]d", "a", "d"},
                                  Case{"a[^]b]d", "a", "d"},
                                  Case{R"(a[\]|]d)", "a", "d"},
                                  Case{"a[[:alpha:]|]d", "a", "d"},
                                  Case{R"(a\dd)", "a", "d"},
                                  Case{R"(a\|d)", "a|d", "a|d"},
                                  Case{R"(a\.+d)", "a", "d"},
                                  Case{"[.]*d", "", "d"},
                                  Case{"a^d", "a", "d"},
                                  Case{"a[^]d]", "a", ""}}) {
            CAPTURE(known.expression);
            const ExpressionShape shape = only(known.expression);
            CHECK(shape.prefix == known.prefix);
            CHECK(shape.suffix == known.suffix);
        }
    }

    TEST_CASE("knows an expression that only lists texts") {
        for (const auto* expression : {"a", R"(a\.b)", "(a|b)c", "(?:a|(b|c))d", "a[.]b"}) {
            CAPTURE(expression);
            CHECK(only(expression).is_list_of_texts);
        }
        for (const auto* expression :
             {"a.", "(a|b.)c", "(a)*", "a?", "[ab]c", R"(\wa)", "(a{2})"}) {
            CAPTURE(expression);
            CHECK_FALSE(only(expression).is_list_of_texts);
        }
    }

    TEST_CASE("keeps alternatives apart that stand outside of parentheses") {
        const auto shapes = shapes_of("ab.|(c|d)e|f");
        REQUIRE(shapes);
        REQUIRE(shapes->size() == 3);
        CHECK(shapes->at(0).prefix == "ab");
        CHECK(shapes->at(1).suffix == "e");
        CHECK(shapes->at(2).prefix == "f");
    }

    TEST_CASE("gives nothing for what changes the meaning of characters") {
        for (const auto* expression : {"(?i)a", "(?s:a)", "(?P<n>a)", R"(\Qa\E)", R"(a\Q|)"}) {
            CAPTURE(expression);
            CHECK_FALSE(shapes_of(expression));
        }
        CHECK(shapes_of(R"(a\\Q)"));
        CHECK(shapes_of(R"(a\(?b)"));
    }

    TEST_CASE("any text at all comes to an end") {
        const std::string text = R"(a[[:x:]\]^]\(?:(b|\p{L})|[]*{1,2}\)";
        for (std::size_t size = 0; size <= text.size(); ++size) {
            CHECK_NOTHROW(static_cast<void>(shapes_of(text.substr(0, size))));
            CHECK_NOTHROW(static_cast<void>(shapes_of(text.substr(size))));
        }
    }
}

}  // namespace modelseal::sigstore
