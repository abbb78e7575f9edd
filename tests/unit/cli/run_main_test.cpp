#include "common/cli/run_main.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/explanation_report.hpp"
#include "common/cli/version.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "tests/support/test_environment.hpp"

#include <fstream>
#include <new>
#include <ostream>
#include <stdexcept>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::cli {

namespace {

using test::TestEnvironment;
using Words = std::vector<std::string>;

Program several(std::function<int(Environment&, const Arguments&)> run) {
    Command push{.name = "push",
                 .usage = "[OPTIONS] REF",
                 .summary = "store a model",
                 .description = "Stores it.",
                 .examples = "  tool push r/m:v1\n",
                 .options = {{.long_name = "output",
                              .short_name = 'o',
                              .value = "DIR",
                              .help = "where to write"},
                             {.long_name = "internal", .hidden = true}},
                 .run = std::move(run)};
    Option format = format_option();
    format.hidden = true;
    format.short_name = 'F';
    format.aliases = {"as"};
    push.options.push_back(std::move(format));
    return {.name = "tool",
            .summary = "does things",
            .commands = {std::move(push), {.name = "secret", .hidden = true}},
            .has_subcommands = true};
}

Program single(std::function<int(Environment&, const Arguments&)> run) {
    Program program = several(std::move(run));
    program.commands.resize(1);
    program.has_subcommands = false;
    return program;
}

int nothing(Environment& /*environment*/, const Arguments& /*arguments*/) {
    return 0;
}

}  // namespace

TEST_SUITE("cli/run_main") {
    TEST_CASE("runs the command with its arguments and returns its exit code") {
        const Program program = several([](Environment& environment, const Arguments& arguments) {
            environment.out << arguments.positional().at(0) << arguments.get_or("output", "");
            return 42;
        });
        TestEnvironment environment;
        CHECK(run(program, *environment, {"push", "r/m", "-o", "x"}) == 42);
        CHECK(environment.out() == "r/mx");
        CHECK(environment.err().empty());
    }

    TEST_CASE("turns each kind of error into its exit code and one sentence") {
        using core::ErrorKind;
        const std::pair<ErrorKind, int> codes[] = {{ErrorKind::mismatch, 1},
                                                   {ErrorKind::usage, 2},
                                                   {ErrorKind::malformed, 3},
                                                   {ErrorKind::not_found, 4},
                                                   {ErrorKind::denied, 5},
                                                   {ErrorKind::io, 7},
                                                   {ErrorKind::no_signature, 10},
                                                   {ErrorKind::no_such_tag, 11},
                                                   {ErrorKind::no_matching_signature, 12},
                                                   {ErrorKind::no_certificate, 13},
                                                   {ErrorKind::internal, 70},
                                                   {ErrorKind::unavailable, 75},
                                                   {ErrorKind::interrupted, 130},
                                                   {ErrorKind::terminated, 143}};
        for (const auto& [kind, code] : codes) {
            CAPTURE(code);
            TestEnvironment environment;
            const Program program = single([kind = kind](Environment&, const Arguments&) -> int {
                throw core::Error(kind, "it went wrong");
            });
            CHECK(run(program, *environment, {}) == code);
            CHECK(environment.err().starts_with("Error: it went wrong\n"));
            CHECK(environment.out().empty());
            const bool has_hint = environment.err().find("--help") != std::string::npos;
            CHECK(has_hint == (kind == ErrorKind::usage));
        }
    }

    TEST_CASE("ends foreign exceptions as internal errors") {
        TestEnvironment environment;
        CHECK(run(single([](Environment&, const Arguments&) -> int {
                      throw std::runtime_error("library trouble");
                  }),
                  *environment,
                  {}) == 70);
        CHECK(environment.err() == "Error: unexpected: library trouble\n");
        CHECK(run(single([](Environment&, const Arguments&) -> int { throw std::bad_alloc(); }),
                  *environment,
                  {}) == 70);
    }

    TEST_CASE("does not call a result written that did not reach its destination") {
        std::ofstream full("/dev/full");
        TestEnvironment streams;
        Environment environment{.variables = {},
                                .in = streams->in,
                                .out = full,
                                .err = streams->err,
                                .clock = streams->clock,
                                .subprocess = streams->subprocess};
        const Program program = single([](Environment& where, const Arguments&) {
            where.out << "the result";
            return 0;
        });
        CHECK(run(program, environment, {}) == 7);
    }

    TEST_CASE("ends without a word when nobody reads the result any more") {
        for (const int code : {0, 1}) {
            TestEnvironment environment;
            environment->out_is_closed = [] {
                return true;
            };
            const Program program = single([code](Environment& where, const Arguments&) {
                where.out.setstate(std::ios::badbit);
                return code;
            });
            CHECK(run(program, *environment, {}) == (code == 0 ? exit_pipe_closed : code));
            CHECK(environment.err().empty());
        }
    }

    TEST_CASE("--quiet may stand before the command, other options not") {
        const Program program = several([](Environment& environment, const Arguments& arguments) {
            environment.out << arguments.has("quiet") << arguments.positional().at(0);
            return 0;
        });
        for (const Words& words : {Words{"--quiet", "push", "r"}, Words{"-q", "push", "r"}}) {
            TestEnvironment environment;
            CHECK(run(program, *environment, words) == 0);
            CHECK(environment.out() == "1r");
        }
        TestEnvironment environment;
        CHECK(run(program, *environment, {"--output=x", "push", "r"}) == 2);
        CHECK(environment.err().starts_with(
            "Error: a command comes before its options: tool COMMAND \"--output\"\n"));
        TestEnvironment alone;
        CHECK(run(program, *alone, {"-q"}) == 2);
    }

    TEST_CASE("says of a command of the host tool that is not here what to do instead") {
        Program program = several(nothing);
        program.commands.push_back(
            {.name = "login", .hidden = true, .refused = "use 'host login'"});
        TestEnvironment environment;
        CHECK(run(program, *environment, {"login", "--help"}) == 2);
        CHECK(environment.err() == "Error: login: use 'host login'\n");
    }

    TEST_CASE("shows help and version of program and command on standard output") {
        const Program program = several(nothing);
        for (const Words& words : {Words{"--help"}, Words{"-h"}, Words{"help"}}) {
            TestEnvironment environment;
            CHECK(run(program, *environment, words) == 0);
            CHECK(environment.out().find("store a model") != std::string::npos);
            CHECK(environment.out().find("completion") != std::string::npos);
            CHECK(environment.out().find("secret") == std::string::npos);
        }
        for (const Words& words :
             {Words{"--version"}, Words{"version"}, Words{"push", "--version"}}) {
            TestEnvironment environment;
            CHECK(run(program, *environment, words) == 0);
            CHECK(environment.out() == core::concat("tool ", version(), "\n"));
        }
        TestEnvironment environment;
        CHECK(run(program, *environment, {"help", "push"}) == 0);
        CHECK(
            environment.out() ==
            "tool push: store a model\n\nUsage: tool push [OPTIONS] REF\n\nStores it.\n\nOptions:\n"
            "  -o, --output DIR            where to write\n"
            "  -q, --quiet                 no progress and no notes on stderr\n"
            "  -h, --help                  show this help\n"
            "      --version               show the version\n\n"
            "Examples:\n  tool push r/m:v1\n");
    }

    TEST_CASE("offers completion as an option where there are no subcommands") {
        TestEnvironment environment;
        CHECK(run(single(nothing), *environment, {"--help"}) == 0);
        CHECK(environment.out().find("--completion SHELL") != std::string::npos);
        CHECK(environment.out().find("Usage: tool [OPTIONS] REF") != std::string::npos);
    }

    TEST_CASE("refuses unknown commands and options with a hint that names what was meant") {
        for (const Words& words : {Words{},
                                   Words{"--unknown"},
                                   Words{"completion"},
                                   Words{"--completion", "tcsh"},
                                   Words{"completion", "bash", "zsh"},
                                   Words{"help", "nothing"}}) {
            TestEnvironment environment;
            CHECK(run(several(nothing), *environment, words) == 2);
            CHECK(environment.err().find("Run 'tool --help' for usage.\n") != std::string::npos);
            CHECK(environment.out().empty());
        }
        TestEnvironment mistyped;
        CHECK(run(several(nothing), *mistyped, {"pus"}) == 2);
        CHECK(
            mistyped.err().starts_with("Error: there is no command \"pus\"; did you mean push?\n"));
        TestEnvironment option;
        CHECK(run(several(nothing), *option, {"push", "--unknown"}) == 2);
        CHECK(option.err().find("Run 'tool push --help' for usage.\n") != std::string::npos);
    }

    TEST_CASE("leaves the hint out where the reason says what to do") {
        TestEnvironment environment;
        CHECK(run(single([](Environment&, const Arguments&) -> int {
                      throw core::Error(
                          core::ErrorKind::usage, core::Reason::unsupported, "use 'host x'");
                  }),
                  *environment,
                  {}) == 2);
        CHECK(environment.err() == "Error: use 'host x'\n");
    }

    TEST_CASE("explains an error where that was asked for, and only there") {
        const auto refuse = [](Environment&, const Arguments&) -> int {
            core::Error error(core::ErrorKind::no_matching_signature, "not by this key");
            error.explain(
                {.candidates = {
                     {.statement = "urn:sign",
                      .origin = "sha256:1\x1B[2J",
                      .accepted = false,
                      .checks = {{"format", core::CheckNote::Outcome::held, "a bundle"},
                                 {"log", core::CheckNote::Outcome::not_asked},
                                 {"signer", core::CheckNote::Outcome::failed, "by\nBob"}}}}});
            error.add_context("verifying r/m");
            throw error;
        };
        Program program = several(refuse);
        program.commands.front().options.push_back(explain_option());
        const auto said = [&](const Words& words) {
            TestEnvironment environment;
            CHECK(run(program, *environment, words) == 12);
            return std::pair(environment.out(), environment.err());
        };
        CHECK(said({"push"}).second == "Error: verifying r/m: not by this key\n");
        const auto text = said({"push", "--explain"});
        CHECK(text.first.empty());
        CHECK(text.second ==
              "Refused: sha256:1\\x1b[2J as urn:sign\n"
              "  held       format: a bundle\n"
              "  not asked  log\n"
              "  FAILED     signer: by\\x0aBob\n"
              "Error: verifying r/m: not by this key\n");
        CHECK_FALSE(core::parse_json(said({"push", "--format", "json"}).first).contains("explain"));
        const auto json = said({"push", "--format", "json", "--explain"});
        CHECK(json.second == "Error: verifying r/m: not by this key\n");
        const core::Json explained = core::parse_json(json.first)["explain"][0];
        CHECK(explained["accepted"] == false);
        CHECK(explained["checks"][1] == core::Json({{"check", "log"}, {"outcome", "not_asked"}}));
        CHECK(explained["checks"][2]["evidence"] == "by\nBob");
    }

    TEST_CASE("prints an error as JSON where JSON was asked for, and only there") {
        const auto failing = [](Environment&, const Arguments&) -> int {
            throw core::Error(core::ErrorKind::mismatch, core::Reason::wrong_signer, "not \"it\"");
        };
        for (const Words& words : {Words{"push", "--format", "json"},
                                   Words{"push", "--format=json"},
                                   Words{"push", "-F", "json"},
                                   Words{"push", "--as=json"}}) {
            TestEnvironment environment;
            CHECK(run(several(failing), *environment, words) == 1);
            CHECK(core::parse_json(environment.out()) ==
                  core::Json{{"reason", "WRONG_SIGNER"}, {"message", "not \"it\""}});
            CHECK(environment.err() == "Error: not \"it\"\n");
        }
        for (const Words& words : {Words{"push"},
                                   Words{"push", "--format", "text"},
                                   Words{"push", "--", "-F", "json"}}) {
            TestEnvironment environment;
            CHECK(run(several(failing), *environment, words) == 1);
            CHECK(environment.out().empty());
        }
        TestEnvironment unreadable;
        CHECK(run(several(nothing), *unreadable, {"push", "--format=json", "--unknown"}) == 2);
        CHECK(core::parse_json(unreadable.out()).at("reason") == "USAGE");
    }
}

}  // namespace modelseal::cli
