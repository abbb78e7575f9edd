#include "common/cli/run_main.hpp"

#include "common/cli/completion.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/help.hpp"
#include "common/cli/man_page.hpp"
#include "common/cli/version.hpp"
#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <new>

#include <unistd.h>

namespace modelseal::cli {

namespace {

using core::Error;
using core::ErrorKind;

const Command& find_command(const Program& program, std::string_view name) {
    const auto found = std::find_if(program.commands.begin(),
                                    program.commands.end(),
                                    [&](const Command& command) { return command.name == name; });
    if (found == program.commands.end()) {
        throw Error(ErrorKind::usage, core::concat("there is no command ", core::in_quotes(name)));
    }
    return *found;
}

/// Words that can stand first in place of a subcommand or of options. Returns whether it was one.
bool answer_first_word(const Program& program,
                       Environment& environment,
                       const std::vector<std::string>& words) {
    const std::string_view word = words.front();
    if (word == completion_word(program)) {
        if (words.size() != 2) {
            throw Error(ErrorKind::usage,
                        core::concat(word, " takes one of bash, zsh, fish, and nothing else"));
        }
        environment.out << completion_script(program, words[1]);
        return true;
    }
    if (word == "--man") {
        environment.out << man_page(program);
        return true;
    }
    if (!program.has_subcommands) {
        return false;
    }
    if (word == "--help" || word == "-h" || word == "help") {
        environment.out << help_text(program);
        return true;
    }
    if (word == "--version" || word == "version") {
        environment.out << program.name << ' ' << version() << '\n';
        return true;
    }
    return false;
}

int run_command(const Program& program,
                const Command& command,
                Environment& environment,
                const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(command, words);
    if (arguments.has("help")) {
        environment.out << help_text(program, command);
        return exit_ok;
    }
    if (arguments.has("version")) {
        environment.out << program.name << ' ' << version() << '\n';
        return exit_ok;
    }
    return command.run(environment, arguments);
}

int dispatch(const Program& program,
             Environment& environment,
             const std::vector<std::string>& words) {
    if (!words.empty() && answer_first_word(program, environment, words)) {
        return exit_ok;
    }
    if (!program.has_subcommands) {
        return run_command(program, program.commands.front(), environment, words);
    }
    if (words.empty()) {
        throw Error(ErrorKind::usage, "no command given");
    }
    return run_command(program,
                       find_command(program, words.front()),
                       environment,
                       {words.begin() + 1, words.end()});
}

int report(const Program& program, Environment& environment, const Error& error) {
    environment.err << "Error: " << error.message() << '\n';
    if (error.kind() == ErrorKind::usage) {
        environment.err << "Run '" << program.name << " --help' for usage.\n";
    }
    return exit_code(error.kind());
}

}  // namespace

int run(const Program& program, Environment& environment, const std::vector<std::string>& words) {
    try {
        const int code = dispatch(program, environment, words);
        environment.out.flush();
        if (!environment.out) {
            throw Error(ErrorKind::io, "writing the result to standard output failed");
        }
        return code;
    } catch (const Error& error) {
        return report(program, environment, error);
    } catch (const std::bad_alloc&) {
        return report(program, environment, Error(ErrorKind::internal, "out of memory"));
    } catch (const std::exception& error) {
        return report(program,
                      environment,
                      Error(ErrorKind::internal, core::concat("unexpected: ", error.what())));
    }
}

int run_main(const Program& program, int argc, char** argv) {
    // A reader that goes away (| head) shows as a write error, not as a signal that skips clean-up.
    std::signal(SIGPIPE, SIG_IGN);
    core::handle_termination_signals();
    std::ios::sync_with_stdio(false);
    core::SystemClock clock;
    core::SystemSubprocess subprocess;
    Environment environment{.variables = core::Variables::of_process(),
                            .in = std::cin,
                            .out = std::cout,
                            .err = std::cerr,
                            .clock = clock,
                            .subprocess = subprocess,
                            .in_is_terminal = ::isatty(STDIN_FILENO) == 1,
                            .err_is_terminal = ::isatty(STDERR_FILENO) == 1};
    return run(program, environment, {argv + std::min(argc, 1), argv + argc});
}

}  // namespace modelseal::cli
