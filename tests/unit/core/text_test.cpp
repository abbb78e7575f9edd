#include "common/core/text.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/text") {
    TEST_CASE("joins strings, characters and numbers") {
        CHECK(concat() == "");
        CHECK(concat("a", std::string("b"), 'c', 12, std::uint64_t{18446744073709551615U}) ==
              "abc1218446744073709551615");
        CHECK(concat(-1) == "-1");
    }

    TEST_CASE("splits at every separator and joins again") {
        CHECK(split("", ',') == std::vector<std::string>{""});
        CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
        CHECK(join(split("a,,b,", ','), ",") == "a,,b,");
        CHECK(join({}, ",") == "");
    }

    TEST_CASE("lowers ASCII only") {
        CHECK(ascii_lower("AbZ[@`{Ä") == "abz[@`{Ä");
    }

    TEST_CASE("trims spaces, tabs and line ends at both sides") {
        CHECK(trim(" \t\r\n a b \n") == "a b");
        CHECK(trim(" \t ") == "");
        CHECK(trim("") == "");
    }

    TEST_CASE("knows well-formed UTF-8") {
        for (const char* text : {"",
                                 "a",
                                 "ä",
                                 "€",
                                 "\xED\x9F\xBF",
                                 "\xEE\x80\x80",
                                 "\xF0\x90\x80\x80",
                                 "\xF4\x8F\xBF\xBF"}) {
            CAPTURE(text);
            CHECK(is_utf8(text));
        }
        // Unicode table 3-7, one violation each.
        for (const char* text : {"\x80",
                                 "\xBF",
                                 "\xC0\xAF",
                                 "\xC1\xBF",
                                 "\xC3",
                                 "\xC3(",
                                 "\xE0\x9F\xBF",
                                 "\xE2\x82",
                                 "\xED\xA0\x80",
                                 "\xF0\x8F\xBF\xBF",
                                 "\xF0\x90\x80",
                                 "\xF4\x90\x80\x80",
                                 "\xF5\x80\x80\x80",
                                 "\xFF"}) {
            CAPTURE(printable(text));
            CHECK_FALSE(is_utf8(text));
        }
    }

    TEST_CASE("shows plain text as it is and escapes what steers a terminal") {
        CHECK(in_quotes("") == "\"\"");
        CHECK(as_utf8("wörld \"€\"") == "wörld \"€\"");
        CHECK(is_utf8(as_utf8("\xFF.bin")));
        CHECK(as_utf8("\xFF.bin") == in_quotes("\xFF.bin"));
        CHECK(in_quotes("wörld €") == "\"wörld €\"");
        CHECK(in_quotes("a\"b\\c") == "\"a\\\"b\\\\c\"");
        CHECK(in_quotes(std::string_view("\0\n\x1b[2J\x7f", 7)) == "\"\\x00\\x0a\\x1b[2J\\x7f\"");
        CHECK(in_quotes("\xC2\x9B"
                        "2J") == "\"\\xc2\\x9b2J\"");  // C1 control
        CHECK(in_quotes("a\xE2\x80\xAE"
                        "b") == "\"a\\xe2\\x80\\xaeb\"");  // right-to-left override
        CHECK(in_quotes("a\xE2\x80\xA8"
                        "b") == "\"a\\xe2\\x80\\xa8b\"");  // line separator
        CHECK(in_quotes("\xFFz") == "\"\\xffz\"");
        CHECK(printable("a \"quoted\" word") == "a \"quoted\" word");
    }

    TEST_CASE("cuts long text and says so") {
        CHECK(in_quotes("abcdef", 3) == "\"abc\"…");
        CHECK(in_quotes("abc", 3) == "\"abc\"");
        CHECK(printable("abcdef", 3) == "abc…");
        CHECK(in_quotes("aäb", 2) == "\"a\\xc3\"…");
    }

    TEST_CASE("a key ends at the first equals sign and is never empty") {
        CHECK(split_key_value("k=a=b") == std::pair<std::string, std::string>("k", "a=b"));
        CHECK(split_key_value("k=") == std::pair<std::string, std::string>("k", ""));
        CHECK_FALSE(split_key_value("=v"));
        CHECK_FALSE(split_key_value("k"));
        CHECK_FALSE(split_key_value(""));
    }

    TEST_CASE("reads plain decimal numbers only") {
        CHECK(parse_decimal("0") == 0);
        CHECK(parse_decimal("18446744073709551615") == 18446744073709551615U);
        for (const char* text : {"",
                                 " 1",
                                 "1 ",
                                 "+1",
                                 "-1",
                                 "01",
                                 "00",
                                 "0x1",
                                 "1.0",
                                 "1e3",
                                 "18446744073709551616"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_decimal(text));
        }
    }

    TEST_CASE("writes sizes in binary units") {
        CHECK(human_size(0) == "0 B");
        CHECK(human_size(1023) == "1023 B");
        CHECK(human_size(1024) == "1.0 KiB");
        CHECK(human_size(90'900'000) == "86.7 MiB");
        CHECK(human_size(std::uint64_t{5} << 40U) == "5.0 TiB");
        CHECK(human_size(~std::uint64_t{0}) == "16384.0 PiB");
    }
}

}  // namespace modelseal::core
