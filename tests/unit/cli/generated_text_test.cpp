// Completion scripts and the manual page, checked by the programs that read them.
#include "common/cli/completion.hpp"
#include "common/cli/man_page.hpp"
#include "common/cli/run_main.hpp"
#include "common/core/subprocess.hpp"
#include "common/core/text.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_environment.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::cli {

namespace {

Program example(bool has_subcommands) {
    Command push{.name = "push",
                 .usage = "[OPTIONS] REF FILE[:TYPE]…",
                 .summary = "store a model's files",
                 .description = "Stores it.\n\n.starts with a dot\n'and a quote\n  back\\slash",
                 .examples = "  tool push r/m:v1 .\n",
                 .options = {{.long_name = "output",
                              .short_name = 'o',
                              .value = "DIR",
                              .help = "it's [where] to write: a folder"},
                             format_option(),
                             {.long_name = "plain-http", .help = "no TLS"},
                             {.long_name = "internal", .hidden = true}}};
    Program program{.name = "my-tool", .summary = "does things", .commands = {push}};
    program.has_subcommands = has_subcommands;
    if (has_subcommands) {
        program.commands.push_back({.name = "pull", .summary = "fetch a model"});
        program.commands.push_back({.name = "secret", .hidden = true});
    }
    return program;
}

bool has_program(const std::string& name) {
    return core::SystemSubprocess().run({"sh", "-c", "command -v " + name}, "", 60).exit_code == 0;
}

/// What bash offers for a line, by running the generated function.
std::string bash_offers(const Program& program, const std::string& line) {
    const std::string script =
        completion_script(program, "bash") +
        core::concat("COMP_WORDS=(", line, ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n") +
        "_my_tool\necho \"${COMPREPLY[*]}\"\n";
    const auto result = core::SystemSubprocess().run({"bash", "-c", script}, "", 60);
    CHECK(result.exit_code == 0);
    return std::string(core::trim(result.output));
}

}  // namespace

TEST_SUITE("cli/completion") {
    TEST_CASE("offers commands, then options, in bash") {
        const Program program = example(true);
        CHECK(bash_offers(program, "my-tool p") == "push pull");
        CHECK(bash_offers(program, "my-tool s").empty());
        CHECK(bash_offers(program, "my-tool push --") ==
              "--output --format --plain-http --quiet --help --version");
        CHECK(bash_offers(program, "my-tool push --format ''") == "text json");
        CHECK(bash_offers(program, "my-tool push --format j") == "json");
        CHECK(bash_offers(program, "my-tool push --format = j") == "json");
        CHECK(bash_offers(program, "my-tool push --p") == "--plain-http");
        CHECK(bash_offers(program, "my-tool push --i").empty());
        CHECK(bash_offers(example(false), "my-tool x --o") == "--output");
    }

    TEST_CASE("offers the verbs of a command right behind it, in bash") {
        Program program = example(true);
        program.commands.front().verbs = {"fsck"};
        CHECK(bash_offers(program, "my-tool push f") == "fsck");
        CHECK(bash_offers(program, "my-tool push ''").starts_with("fsck --output"));
        CHECK(bash_offers(program, "my-tool push fsck f").empty());
    }

    TEST_CASE("writes scripts that each shell can parse") {
        const test::TemporaryFolder folder;
        for (const bool has_subcommands : {true, false}) {
            for (const std::string shell : {"bash", "zsh", "fish"}) {
                CAPTURE(shell);
                const std::string script = completion_script(example(has_subcommands), shell);
                CHECK(script.find("my-tool") != std::string::npos);
                CHECK(script.find("internal") == std::string::npos);
                if (!has_program(shell)) {
                    MESSAGE(shell << " is not installed: its script is not parsed");
                    continue;
                }
                const auto file = folder.write(shell, script);
                const auto result = core::SystemSubprocess().run({shell, "-n", file}, "", 60);
                CHECK(result.exit_code == 0);
            }
        }
    }

    TEST_CASE("escapes help for each shell") {
        CHECK(completion_script(example(true), "fish")
                  .find(" -l output -s o -r -d 'it'\\''s [where] to write: a folder'\n") !=
              std::string::npos);
        CHECK(completion_script(example(true), "zsh")
                  .find("'*--output[it'\\''s \\[where\\] to write\\: a folder]:DIR:_files'") !=
              std::string::npos);
    }

    TEST_CASE("offers the values of a closed choice") {
        CHECK(completion_script(example(true), "zsh").find(":FORMAT:(text json)'") !=
              std::string::npos);
        CHECK(completion_script(example(false), "fish").find(" -l format -r -f -a 'text json'") !=
              std::string::npos);
    }

    TEST_CASE("is printed by the program itself") {
        test::TestEnvironment with_commands;
        CHECK(run(example(true), *with_commands, {"completion", "zsh"}) == 0);
        CHECK(with_commands.out() == completion_script(example(true), "zsh"));
        test::TestEnvironment as_option;
        CHECK(run(example(true), *as_option, {"--completion", "zsh"}) == 0);
        CHECK(as_option.out() == with_commands.out());
        test::TestEnvironment without;
        CHECK(run(example(false), *without, {"--completion", "bash"}) == 0);
        CHECK(without.out() == completion_script(example(false), "bash"));
    }
}

TEST_SUITE("cli/man_page") {
    TEST_CASE("is a page without warnings that shows every option and example") {
        const test::TemporaryFolder folder;
        for (const bool has_subcommands : {true, false}) {
            const std::string page = man_page(example(has_subcommands));
            CHECK(page.find("internal") == std::string::npos);
            CHECK(page.find("secret") == std::string::npos);
            if (!has_program("man")) {
                MESSAGE("man is not installed: the page is not rendered");
                continue;
            }
            const auto file = folder.write("page.1", page);
            const auto result = core::SystemSubprocess().run(
                {"sh", "-c", "MANWIDTH=100 man -l --warnings -P cat \"$0\" 2>&1", file}, "", 60);
            CHECK(result.exit_code == 0);
            CAPTURE(result.output);
            CHECK(result.output.find("warning") == std::string::npos);
            for (const char* text : {"my-tool",
                                     "--output",
                                     "--quiet",
                                     ".starts with a dot",
                                     "'and a quote",
                                     "back\\slash",
                                     "push r/m:v1 ."}) {
                CAPTURE(text);
                CHECK(result.output.find(text) != std::string::npos);
            }
        }
    }

    TEST_CASE("is printed by the program itself") {
        test::TestEnvironment environment;
        CHECK(run(example(true), *environment, {"--man"}) == 0);
        CHECK(environment.out() == man_page(example(true)));
    }
}

}  // namespace modelseal::cli
