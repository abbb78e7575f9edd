#include "common/sigstore/certificate/text_pattern.hpp"

#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

TEST_SUITE("sigstore/certificate/text_pattern") {
    TEST_CASE("an exact text matches itself only") {
        const auto pattern = TextPattern::exact("https://github.com/org/*");
        CHECK(pattern.matches("https://github.com/org/*"));
        CHECK_FALSE(pattern.matches("https://github.com/org/repo"));
        CHECK_FALSE(pattern.matches("https://github.com/ORG/*"));
        CHECK_FALSE(pattern.matches("https://github.com/org/* "));
        CHECK_FALSE(pattern.matches(""));
    }

    TEST_CASE("a pattern covers one repository and nothing that only begins like it") {
        const auto pattern = TextPattern::glob("https://github.com/myorg/training-pipeline/*");
        CHECK(pattern.matches("https://github.com/myorg/training-pipeline/"));
        CHECK(pattern.matches(
            "https://github.com/myorg/training-pipeline/.github/workflows/a.yml@refs/heads/main"));
        for (const auto* other :
             {"https://github.com/myorg/training-pipeline",
              "https://github.com/myorg/training-pipeline-evil/.github/workflows/a.yml@x",
              "https://github.com/myorg2/training-pipeline/a",
              "https://github.com/evil/https://github.com/myorg/training-pipeline/a",
              " https://github.com/myorg/training-pipeline/a",
              "https://github.com/MyOrg/training-pipeline/a",
              "http://github.com/myorg/training-pipeline/a",
              "https://githubxcom/myorg/training-pipeline/a"}) {
            CAPTURE(other);
            CHECK_FALSE(pattern.matches(other));
        }
    }

    TEST_CASE("a star without a slash before it covers more") {
        CHECK(TextPattern::glob("https://github.com/org/repo*")
                  .matches("https://github.com/org/repo-evil/x"));
    }

    TEST_CASE("stars stand anywhere, for any characters and for none") {
        CHECK(TextPattern::glob("*").matches(""));
        CHECK(TextPattern::glob("*").matches("any\nthing"));
        CHECK(TextPattern::glob("a*").matches("a"));
        CHECK(TextPattern::glob("*@example.com").matches("me@example.com"));
        CHECK_FALSE(TextPattern::glob("*@example.com").matches("me@example.com.evil.com"));
        CHECK_FALSE(TextPattern::glob("*@example.com").matches("me@xexample.com"));
        CHECK(TextPattern::glob("a*b*c").matches("a-b-b-c"));
        CHECK(TextPattern::glob("a**c").matches("ac"));
        CHECK_FALSE(TextPattern::glob("a*b*c").matches("a-c-b"));
        CHECK_FALSE(TextPattern::glob("a*bc").matches("abcd"));
        CHECK(TextPattern::glob("a*ab").matches("aaab"));
    }

    TEST_CASE("no other character is special in a pattern with stars") {
        CHECK(TextPattern::glob("a?[b]\\*").matches("a?[b]\\x"));
        CHECK_FALSE(TextPattern::glob("a?").matches("ab"));
        CHECK_FALSE(TextPattern::glob("a.c").matches("abc"));
    }

    TEST_CASE("a pattern made to take long does not") {
        std::string pattern;
        for (int i = 0; i < 1000; ++i) {
            pattern += "a*";
        }
        CHECK_FALSE(TextPattern::glob(pattern + "b").matches(std::string(100'000, 'a')));
    }

    TEST_CASE("an expression matches whole texts only") {
        const auto pattern =
            TextPattern::regular_expression("https://github\\.com/(a|b)/repo/.*@refs/heads/main");
        CHECK(pattern.matches("https://github.com/a/repo/x@refs/heads/main"));
        CHECK_FALSE(pattern.matches("https://github.com/a/repo/x@refs/heads/main2"));
        CHECK_FALSE(pattern.matches("xhttps://github.com/a/repo/x@refs/heads/main"));
        CHECK_FALSE(pattern.matches("https://github.com/c/repo/x@refs/heads/main"));
        const auto alternatives = TextPattern::regular_expression("a|b");
        CHECK(alternatives.matches("b"));
        CHECK_FALSE(alternatives.matches("ax"));
        CHECK_FALSE(alternatives.matches("xb"));
        CHECK(TextPattern::regular_expression("^a$").matches("a"));
        CHECK_FALSE(TextPattern::regular_expression("a.*").matches("a\nb"));
        CHECK_FALSE(TextPattern::regular_expression("a$").matches("a\n"));
    }

    TEST_CASE("an expression that takes others forever takes no time") {
        CHECK_FALSE(
            TextPattern::regular_expression("(a*)*(a*)*b").matches(std::string(100'000, 'a')));
    }

    TEST_CASE("refuses expressions that are none, with what is wrong") {
        for (const auto* text : {"(", "[z-a]", "(?=x)", "\\1", "*a", "a**(", "\xff"}) {
            CAPTURE(text);
            const auto error =
                test::error_of([&] { return TextPattern::regular_expression(text); });
            CHECK(error.kind() == core::ErrorKind::malformed);
            CHECK(error.message().find("RE2: ") != std::string::npos);
        }
    }

    TEST_CASE("refuses expressions that need too much memory, long texts and empty ones") {
        for (const auto* text : {"((a{100}){100}){100}", "(\\pL{500}){2}", "a{1001}"}) {
            CAPTURE(text);
            CHECK(test::error_of([&] { return TextPattern::regular_expression(text); }).kind() ==
                  core::ErrorKind::malformed);
        }
        const std::string longest(4096, 'a');
        CHECK(TextPattern::exact(longest).matches(longest));
        CHECK(TextPattern::regular_expression(longest).matches(longest));
        for (const auto make :
             {TextPattern::exact, TextPattern::glob, TextPattern::regular_expression}) {
            CHECK(test::error_of([&] { return make(longest + "a"); }).reason() ==
                  core::Reason::limit_exceeded);
            CHECK(test::error_of([&] { return make(""); }).kind() == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("says what it is, and is a value") {
        CHECK(TextPattern::exact("a").to_string() == "\"a\"");
        CHECK(TextPattern::glob("a*").to_string() == "pattern \"a*\"");
        auto expression = TextPattern::regular_expression("a+");
        CHECK(expression.to_string() == "expression \"a+\"");
        CHECK(TextPattern::glob("a") != TextPattern::exact("a"));
        const TextPattern copy = expression;
        CHECK(copy == expression);
        expression = TextPattern::exact("b");
        CHECK(copy.matches("aaa"));
    }

    TEST_CASE("a glob without a wildcard is the whole text") {
        CHECK(TextPattern::glob("abc").matches("abc"));
        for (const auto* text : {"abcd", "ab", "xabc", ""}) {
            CHECK_FALSE(TextPattern::glob("abc").matches(text));
        }
    }
}

}  // namespace modelseal::sigstore
