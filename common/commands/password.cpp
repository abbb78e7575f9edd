#include "common/commands/password.hpp"

#include "common/commands/terminal_input.hpp"
#include "common/core/error.hpp"
#include "common/core/termination.hpp"

#include <istream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>

#include <termios.h>
#include <unistd.h>

namespace modelseal::commands {

namespace {

constexpr std::size_t password_limit = std::size_t{64} << 10U;

/// Switches the terminal's echo off for as long as it lives.
class SilentTerminal {
  public:
    SilentTerminal() {
        if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
            termios silent = before_;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
        }
        if (!changed_) {
            throw core::Error(core::ErrorKind::io, "the terminal's echo cannot be switched off");
        }
    }

    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    SilentTerminal(SilentTerminal&&) = delete;
    SilentTerminal& operator=(SilentTerminal&&) = delete;

    ~SilentTerminal() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

  private:
    core::TerminationDeferral deferral_;  // a terminal without echo must not be left behind
    termios before_{};
    bool changed_ = false;
};

core::Secret ask(cli::Environment& environment, std::string_view prompt) {
    environment.err << prompt << std::flush;
    std::string line;
    {
        const SilentTerminal silent;
        wait_for_line(environment.in);
        std::getline(environment.in, line);
    }
    environment.err << '\n';
    core::Secret password(line);
    core::wipe(line);
    return password;
}

core::Secret read_all_of_stdin(cli::Environment& environment) {
    std::string text(password_limit + 1, '\0');
    environment.in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(environment.in.gcount()));
    if (text.size() > password_limit) {
        throw core::Error(core::ErrorKind::malformed, "the password on standard input is too long");
    }
    core::Secret password(text);
    core::wipe(text);
    return password;
}

/// The password that needs nobody to type it; nothing when it must be asked for.
std::optional<core::Secret> given_password(cli::Environment& environment) {
    if (const auto value = environment.variables.get("COSIGN_PASSWORD")) {
        return core::Secret(*value);
    }
    if (environment.in_is_terminal) {
        return std::nullopt;
    }
    return read_all_of_stdin(environment);
}

}  // namespace

core::Secret read_password(cli::Environment& environment) {
    auto given = given_password(environment);
    if (given && given->empty() && !environment.variables.get("COSIGN_PASSWORD")) {
        throw core::Error(core::ErrorKind::usage,
                          core::Reason::not_configured,
                          "no password was given: set COSIGN_PASSWORD (to nothing for a key "
                          "without one), or write it to standard input");
    }
    return given ? std::move(*given) : ask(environment, "Enter password for private key: ");
}

core::Secret read_new_password(cli::Environment& environment) {
    if (auto given = given_password(environment)) {
        return std::move(*given);
    }
    core::Secret password = ask(environment, "Enter password for private key: ");
    // Comparing the two is what their characters are needed for.
    if (password.reveal() != ask(environment, "Enter password for private key again: ").reveal()) {
        throw core::Error(core::ErrorKind::malformed, "the two passwords differ");
    }
    return password;
}

}  // namespace modelseal::commands
