#include "common/cli/help.hpp"

#include <sstream>
#include <string>

#include <doctest/doctest.h>

using modelseal::cli::Command;
using modelseal::cli::help_text;
using modelseal::cli::Program;

TEST_SUITE("cli/help") {
    TEST_CASE("breaks long lines of a description and keeps short ones") {
        const std::string words = "twelve-chars twelve-chars twelve-chars ";
        const Command command{.name = "x", .description = "Short.\n\n" + words + words + "end."};
        const std::string text = help_text(Program{.name = "x"}, command);
        CHECK(text.find("\nShort.\n\ntwelve-chars twelve") != std::string::npos);
        CHECK(text.find("twelve-chars\nend.\n") != std::string::npos);
    }

    TEST_CASE("breaks the help of an option between words, under its column") {
        std::string words = "word";
        for (int i = 0; i < 40; ++i) {
            words += " word";
        }
        const Command command{
            .name = "x",
            .options = {{.long_name = "long", .help = words, .variable = "word_X_word"}}};
        const std::string text = help_text(Program{.name = "x"}, command);
        std::istringstream lines(text);
        std::size_t count = 0;
        for (std::string line; std::getline(lines, line);) {
            CHECK(line.size() <= 80);
            const auto first = line.find("word");
            if (first != std::string::npos) {
                CHECK(first == 30);
                CHECK((line.ends_with("word") || line.ends_with("[word_X_word]")));
                ++count;
            }
        }
        CHECK(count > 1);
        CHECK(text.find(" [word_X_word]\n") != std::string::npos);
    }
}
