#include "common/cli/terminal_line.hpp"

#include <doctest/doctest.h>

namespace modelseal::cli {

TEST_SUITE("cli/terminal_line") {
    constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30U;

    TEST_CASE("cuts the middle out of a long name, between characters") {
        CHECK(shortened("model.safetensors", 17) == "model.safetensors");
        CHECK(shortened("model-00001-of-00030.safetensors", 20) == "model-000..fetensors");
        CHECK(shortened("abcdef", 3) == "a..");
        CHECK(shortened("abcdef", 2) == "ab");
        CHECK(shortened("abcdef", 0).empty());
        CHECK(shortened("\u4e2d\u6587\u4e2d\u6587", 7) == "\u4e2d..\u6587");
        CHECK(shortened("\u4e2d", 1).empty());
    }

    TEST_CASE("counts two columns for what may take two") {
        CHECK(columns_of("") == 0);
        CHECK(columns_of("abc") == 3);
        CHECK(columns_of("a\u4e2d") == 3);
        CHECK(columns_of("\u00e4") == 2);
    }

    TEST_CASE("leaves out figures before the name cannot be recognized") {
        const Amount amount{.done = gibibyte, .size = 4 * gibibyte, .rate = gibibyte, .left = 3};
        const std::string label = "pulling model-00001-of-00030.safetensors";
        CHECK(terminal_line(label, amount, 40, 100) ==
              label + "  1.0 GiB of 4.0 GiB  25%  1.0 GiB/s  0:03 left");
        CHECK(terminal_line(label, amount, 40, 70) ==
              "pulling mod..afetensors  1.0 GiB of 4.0 GiB  25%  1.0 GiB/s  0:03 left");
        CHECK(terminal_line(label, amount, 40, 50) ==
              "pulling mod..afetensors  25%  1.0 GiB/s  0:03 left");
        CHECK(terminal_line(label, amount, 40, 32) == "pulling..tensors  25%  0:03 left");
        CHECK(terminal_line(label, amount, 40, 24) == "pulling m..etensors  25%");
        CHECK(terminal_line(label, amount, 40, 12) == "pulli..nsors");
    }

    TEST_CASE("fills up short names, where there is room") {
        const Amount amount{.done = 1, .size = 2};
        CHECK(terminal_line("a", amount, 4, 60) == "a     1 B of 2 B  50%  0 B/s");
        CHECK(terminal_line("a", amount, 4, 10) == "a     50%");
        CHECK(terminal_line("a", amount, 40, 10) == "a      50%");
    }

    TEST_CASE("an empty file is done") {
        CHECK(terminal_line("a", {}, 1, 60) == "a  0 B of 0 B  100%  0 B/s");
    }
}

}  // namespace modelseal::cli
