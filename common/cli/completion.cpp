#include "common/cli/completion.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::cli {

namespace {

/// In single quotes, as all three shells read them.
std::string quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return result + "'";
}

std::vector<Option> visible_options(const Command& command) {
    std::vector<Option> options = command.options;
    options.insert(options.end(), common_options().begin(), common_options().end());
    std::erase_if(options, [](const Option& option) { return !option.is_shown(); });
    return options;
}

std::vector<Command> visible_commands(const Program& program) {
    std::vector<Command> commands = program.commands;
    std::erase_if(commands, [](const Command& command) { return command.hidden; });
    return commands;
}

/// A shell function may not have a '-' in its name everywhere.
std::string function_name(const Program& program) {
    std::string name = core::concat('_', program.name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::string option_words(const Command& command) {
    std::vector<std::string> words;
    for (const Option& option : visible_options(command)) {
        words.push_back(core::concat("--", option.long_name));
    }
    return core::join(words, " ");
}

/// What can follow the name of a command: a verb that it takes, and options.
std::string first_words(const Command& command) {
    std::vector<std::string> words = command.verbs;
    words.push_back(option_words(command));
    return core::join(words, " ");
}

/// The lines of one command: its options, or after an option its choices.
std::string bash_words(const Command& command) {
    std::string text = core::concat("            words=", quoted(option_words(command)), '\n');
    std::string cases;
    for (const Option& option : visible_options(command)) {
        if (!option.choices.empty()) {
            cases += core::concat("                --",
                                  option.long_name,
                                  ") words=",
                                  quoted(core::join(option.choices, " ")),
                                  " ;;\n");
        }
    }
    if (!command.verbs.empty()) {
        text += core::concat("            if [ \"$COMP_CWORD\" -eq 2 ]; then words=",
                             quoted(first_words(command)),
                             "; fi\n");
    }
    if (!cases.empty()) {
        text += core::concat("            case \"$previous\" in\n", cases, "            esac\n");
    }
    return text;
}

std::string bash_script(const Program& program) {
    const std::string function = function_name(program);
    std::string cases;
    std::vector<std::string> names;
    for (const Command& command : visible_commands(program)) {
        const std::string pattern = program.has_subcommands ? command.name : "*";
        cases += core::concat("        ", pattern, ")\n", bash_words(command), "            ;;\n");
        names.push_back(command.name);
    }
    std::string script = core::concat("# bash completion of ", program.name, '\n');
    script += core::concat(function, "() {\n");
    script +=
        "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous='' words=''\n"
        "    if [ \"$COMP_CWORD\" -gt 0 ]; then previous=\"${COMP_WORDS[COMP_CWORD-1]}\"; fi\n"
        "    # bash takes --format=json for three words\n"
        "    if [ \"$current\" = = ]; then current=''\n"
        "    elif [ \"$previous\" = = ]; then previous=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n";
    script += core::concat("    case \"${COMP_WORDS[1]}\" in\n", cases, "    esac\n");
    if (program.has_subcommands) {
        script += core::concat("    if [ \"$COMP_CWORD\" -eq 1 ]; then words=",
                               quoted(core::join(names, " ")),
                               "; fi\n");
    }
    script += "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n";
    return script + core::concat("complete -o default -F ", function, ' ', program.name, '\n');
}

/// One argument of _arguments; brackets, colons and backslashes mean something to it.
std::string zsh_option(const Option& option, std::string_view name) {
    std::string help;
    for (const char c : option.help) {
        help += std::string_view("[]:\\").find(c) == std::string_view::npos ? std::string(1, c)
                                                                            : core::concat('\\', c);
    }
    const std::string values =
        option.choices.empty() ? "_files" : core::concat('(', core::join(option.choices, " "), ')');
    const std::string value =
        option.value.empty() ? "" : core::concat(':', option.value, ':', values);
    return core::concat(' ', quoted(core::concat('*', name, '[', help, ']', value)));
}

/// The first argument is one of a few words.
std::string zsh_verbs(const Command& command) {
    return core::concat(' ',
                        quoted(core::concat("1:command:(", core::join(command.verbs, " "), ')')));
}

std::string zsh_arguments(const Command& command) {
    std::string arguments = "_arguments";
    for (const Option& option : visible_options(command)) {
        arguments += zsh_option(option, core::concat("--", option.long_name));
        if (option.short_name != '\0') {
            arguments += zsh_option(option, core::concat('-', option.short_name));
        }
    }
    if (!command.verbs.empty()) {
        arguments += zsh_verbs(command);
    }
    return arguments + " '*:file:_files'";
}

std::string zsh_script(const Program& program) {
    const std::string function = function_name(program);
    std::string script = core::concat("#compdef ", program.name, '\n', function, "() {\n");
    if (!program.has_subcommands) {
        script += core::concat("    ", zsh_arguments(program.commands.front()), '\n');
    } else {
        std::string names;
        std::string cases;
        for (const Command& command : visible_commands(program)) {
            names += core::concat(' ', quoted(core::concat(command.name, ':', command.summary)));
            cases += core::concat("        ", command.name, ") ", zsh_arguments(command), " ;;\n");
        }
        script += core::concat("    local -a commands=(", names, ")\n");
        script += "    if (( CURRENT == 2 )); then _describe command commands; return; fi\n";
        script += "    local name=$words[2]\n    shift words; (( CURRENT-- ))\n";
        script += core::concat("    case $name in\n", cases, "    esac\n");
    }
    // As a file of $fpath this text is the function itself; sourced, it has to register one.
    return script + core::concat("}\nif [ \"$funcstack[1]\" = _",
                                 program.name,
                                 " ]; then ",
                                 function,
                                 " \"$@\"; else compdef ",
                                 function,
                                 ' ',
                                 program.name,
                                 "; fi\n");
}

std::string fish_script(const Program& program) {
    const std::string start = core::concat("complete -c ", program.name);
    std::string script = core::concat("# fish completion of ", program.name, '\n');
    for (const Command& command : visible_commands(program)) {
        std::string condition;
        if (program.has_subcommands) {
            script += core::concat(start,
                                   " -n __fish_use_subcommand -f -a ",
                                   command.name,
                                   " -d ",
                                   quoted(command.summary),
                                   '\n');
            condition = core::concat(
                " -n ", quoted(core::concat("__fish_seen_subcommand_from ", command.name)));
        }
        if (!command.verbs.empty()) {
            script += core::concat(
                start, condition, " -a ", quoted(core::join(command.verbs, " ")), '\n');
        }
        for (const Option& option : visible_options(command)) {
            script += core::concat(start, condition, " -l ", option.long_name);
            script += option.short_name == '\0' ? "" : core::concat(" -s ", option.short_name);
            script += option.value.empty() ? "" : " -r";
            script += option.choices.empty()
                          ? ""
                          : core::concat(" -f -a ", quoted(core::join(option.choices, " ")));
            script += core::concat(" -d ", quoted(option.help), '\n');
        }
    }
    return script;
}

}  // namespace

const Option& completion_option() {
    static const Option option = {.long_name = "completion",
                                  .value = "SHELL",
                                  .help = "print the completion script for bash, zsh or fish"};
    return option;
}

std::string completion_script(const Program& program, std::string_view shell) {
    if (shell == "bash") {
        return bash_script(program);
    }
    if (shell == "zsh") {
        return zsh_script(program);
    }
    if (shell == "fish") {
        return fish_script(program);
    }
    throw core::Error(
        core::ErrorKind::usage,
        core::concat("--completion takes one of bash, zsh, fish, not ", core::in_quotes(shell)));
}

}  // namespace modelseal::cli
