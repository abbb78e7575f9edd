#include "common/cli/run_main.hpp"

#include "common/cli/completion.hpp"
#include "common/cli/error_report.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/explanation_report.hpp"
#include "common/cli/help.hpp"
#include "common/cli/man_page.hpp"
#include "common/cli/suggestion.hpp"
#include "common/cli/version.hpp"
#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <new>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace modelseal::cli {

namespace {

using core::Error;
using core::ErrorKind;

/// What is being run, as far as it is known: an error report refers to it.
struct Invocation {
    std::string name;         // "oras-modelseal push"
    bool wants_json = false;  // it was to print its result as JSON
    bool explains = false;    // and to tell what it looked at
};

const Command& find_command(const Program& program, std::string_view name) {
    if (name.starts_with('-')) {
        throw Error(ErrorKind::usage,
                    core::concat("a command comes before its options: ",
                                 program.name,
                                 " COMMAND ",
                                 core::in_quotes(name.substr(0, name.find('=')))));
    }
    std::vector<std::string> shown;
    for (const Command& command : program.commands) {
        if (command.name == name) {
            return command;
        }
        if (!command.hidden) {
            shown.push_back(command.name);
        }
    }
    const auto suggestion = nearest(name, shown);
    throw Error(ErrorKind::usage,
                core::concat("there is no command ",
                             core::in_quotes(name),
                             suggestion ? core::concat("; did you mean ", *suggestion, '?') : ""));
}

bool asks_for_completion(const Program& program, std::string_view word) {
    return word == "--completion" || (program.has_subcommands && word == "completion");
}

void print_version(const Program& program, Environment& environment) {
    environment.out << program.name << ' ' << version() << '\n';
}

/// "--help", or "help" with or without the name of a command.
void print_help(const Program& program,
                Environment& environment,
                const std::vector<std::string>& words) {
    const bool about_command = words.front() == "help" && words.size() > 1;
    environment.out << (about_command ? help_text(program, find_command(program, words[1]))
                                      : help_text(program));
}

/// Words that can stand first in place of a subcommand or of options. Returns whether it was one.
bool answer_first_word(const Program& program,
                       Environment& environment,
                       const std::vector<std::string>& words) {
    const std::string_view word = words.front();
    if (asks_for_completion(program, word)) {
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
        print_help(program, environment, words);
        return true;
    }
    if (word == "--version" || word == "version") {
        print_version(program, environment);
        return true;
    }
    return false;
}

int run_command(const Program& program,
                const Command& command,
                Environment& environment,
                const std::vector<std::string>& words,
                Invocation& invocation) {
    if (!command.refused.empty()) {
        throw Error(ErrorKind::usage,
                    core::Reason::unsupported,
                    core::concat(command.name, ": ", command.refused));
    }
    invocation.wants_json = wants_json(command, words);
    const Arguments arguments = parse_arguments(command, words, environment.variables);
    invocation.explains = arguments.has("explain");
    if (arguments.has("help")) {
        environment.out << help_text(program, command);
        return exit_ok;
    }
    if (arguments.has("version")) {
        print_version(program, environment);
        return exit_ok;
    }
    return command.run(environment, arguments);
}

/// The one option that every command has and that may as well stand before its name.
bool is_quiet_option(std::string_view word) {
    return word == "--quiet" || word == "-q";
}

int dispatch(const Program& program,
             Environment& environment,
             const std::vector<std::string>& words,
             Invocation& invocation) {
    if (!words.empty() && answer_first_word(program, environment, words)) {
        return exit_ok;
    }
    if (!program.has_subcommands) {
        return run_command(program, program.commands.front(), environment, words, invocation);
    }
    if (words.empty()) {
        throw Error(ErrorKind::usage, "no command given");
    }
    const auto name = std::find_if_not(words.begin(), words.end(), is_quiet_option);
    const Command& command = find_command(program, name == words.end() ? words.front() : *name);
    invocation.name = core::concat(program.name, ' ', command.name);
    std::vector<std::string> rest(words.begin(), name);
    rest.insert(rest.end(), name + 1, words.end());
    return run_command(program, command, environment, rest, invocation);
}

/// A usage error that has a reason of its own says itself what to do.
int report(const Invocation& invocation, Environment& environment, const Error& error) {
    if (invocation.explains && !invocation.wants_json) {
        print_explanation(environment.err, error.explanation());
    }
    environment.err << "Error: " << error.message() << '\n';
    if (error.kind() == ErrorKind::usage && error.reason() == core::Reason::unspecified) {
        environment.err << "Run '" << invocation.name << " --help' for usage.\n";
    }
    if (invocation.wants_json) {
        environment.out << error_report(error, invocation.explains) << std::flush;
    }
    return exit_code(error.kind());
}

/// The number of a closed standard stream would go to the next file or socket, which would then
/// get what is printed. Opened the wrong way round, using the stream stays an error.
void open_closed_streams() noexcept {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) < 0) {
            // The lowest free number: those below are open by now. Should it fail, so will the
            // rest.
            static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
        }
    }
}

/// Asked of the pipe, because a stream does not keep the reason of its failure.
bool reader_is_gone() {
    pollfd out{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/// A terminal that does not say has the usual size.
TerminalSize size_of_err() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return {};
    }
    return {.columns = size.ws_col, .rows = size.ws_row};
}

}  // namespace

int run(const Program& program, Environment& environment, const std::vector<std::string>& words) {
    Invocation invocation{.name = program.name};
    try {
        const int code = dispatch(program, environment, words, invocation);
        environment.out.flush();
        if (environment.out) {
            return code;
        }
        if (environment.out_is_closed()) {
            return code == exit_ok ? exit_pipe_closed : code;
        }
        throw Error(ErrorKind::io, "writing the result to standard output failed");
    } catch (const Error& error) {
        return report(invocation, environment, error);
    } catch (const std::bad_alloc&) {
        return report(invocation, environment, Error(ErrorKind::internal, "out of memory"));
    } catch (const std::exception& error) {
        return report(invocation,
                      environment,
                      Error(ErrorKind::internal, core::concat("unexpected: ", error.what())));
    }
}

int run_main(const Program& program, int argc, char** argv) {
    open_closed_streams();
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
                            .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                            .err_size = &size_of_err,
                            .out_is_closed = &reader_is_gone};
    return run(program, environment, {argv + std::min(argc, 1), argv + argc});
}

}  // namespace modelseal::cli
