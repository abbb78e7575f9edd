// A command as a table: from it come parsing, --help, the man page and shell completion.
#pragma once

#include "common/cli/environment.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::cli {

/// One option. `value` is the placeholder shown in help ("FILE"); empty for a switch, which takes
/// =true and =false, too. One whose choices are exactly true and false takes its value behind '='
/// only, and none means true, as Go's flags have it.
struct Option {
    std::string long_name{};
    char short_name = '\0';
    std::string value{};
    std::string help{};
    bool repeatable = false;
    bool hidden = false;
    std::vector<std::string> aliases{};  // other long names for it, which help does not show
    std::vector<std::string> choices{};  // where these are the only values
    std::string refused{};   // an option of the host tool that is not here: what to do instead
    std::string variable{};  // "MODELSEAL_REKOR_URL": says the same where the option is not given
    std::vector<std::string> yields_to{};  // options with which `variable` does not count

    /// Whether help, the man page and completion tell of it.
    [[nodiscard]] bool is_shown() const noexcept { return !hidden && refused.empty(); }

    /// `help`, whether it is repeatable, and `variable`.
    [[nodiscard]] std::string full_help() const;
};

/// What was given on the command line, or by variables that stand for options.
class Arguments {
  public:
    [[nodiscard]] bool has(std::string_view option) const;

    /// Whether the command line itself has it.
    [[nodiscard]] bool is_written(std::string_view option) const;

    /// What an option was said by, for messages: "--rekor-url", or the name of its variable.
    [[nodiscard]] std::string source_of(std::string_view option) const;
    [[nodiscard]] std::optional<std::string> get(std::string_view option) const;
    [[nodiscard]] std::string get_or(std::string_view option, std::string_view fallback) const;
    [[nodiscard]] std::vector<std::string> get_all(std::string_view option) const;

    [[nodiscard]] const std::vector<std::string>& positional() const noexcept {
        return positional_;
    }

    /// What stands after "--"; nothing when there is no "--".
    [[nodiscard]] const std::optional<std::vector<std::string>>& after_dashes() const noexcept {
        return after_dashes_;
    }

    /// Errors: usage when the option has a value that is not a plain decimal number.
    [[nodiscard]] std::optional<std::uint64_t> get_number(std::string_view option) const;

  private:
    friend class ArgumentParser;
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::map<std::string, std::string, std::less<>> variables_;  // of options that are not written
    std::vector<std::string> positional_;
    std::optional<std::vector<std::string>> after_dashes_;
};

struct Command {
    std::string name{};   // "push"; for a program without subcommands the executable's name
    std::string usage{};  // what follows the name: "[OPTIONS] REF FILE[:TYPE]…"
    std::vector<std::string> verbs{};  // where the first argument is one of these
    std::string summary{};             // one line, lower case, no full stop
    std::string description{};         // paragraphs for --help and the man page
    std::string examples{};            // shell lines
    std::vector<Option> options{};
    std::function<int(Environment&, const Arguments&)> run{};  // returns the exit code
    bool hidden = false;
    std::string refused{};  // a command of the host tool that is not here: what to do instead
};

/// An executable: either one command, or several subcommands.
struct Program {
    std::string name{};     // "oras-modelseal"
    std::string summary{};  // one line
    std::string description{};
    std::vector<Command> commands{};
    bool has_subcommands = false;
};

/// Options that every command understands: --help, --version, --quiet.
[[nodiscard]] const std::vector<Option>& common_options();

/// --format text|json, for commands whose result is a machine's matter, too. An error of such a
/// command is printed as JSON as well when JSON is asked for.
[[nodiscard]] const Option& format_option();

/// Parses the words after the program (and subcommand) name. In a variable of a repeatable option
/// commas stand between the values. Errors: usage.
[[nodiscard]] Arguments parse_arguments(const Command& command,
                                        const std::vector<std::string>& words,
                                        const core::Variables& variables = {});

}  // namespace modelseal::cli
