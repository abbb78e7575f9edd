#include "common/cli/help.hpp"

#include "common/cli/completion.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::cli {

namespace {

constexpr std::size_t option_column = 30;
constexpr std::size_t line_width = 80;

/// Breaks `text` between words, with the lines after the first one starting at `column`.
std::string wrapped(std::string_view text, std::size_t column) {
    std::string lines;
    std::size_t width = column;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (!lines.empty() && width + 1 + word.size() > line_width) {
            lines += core::concat('\n', std::string(column, ' '));
            width = column;
        } else if (!lines.empty()) {
            lines += ' ';
            ++width;
        }
        lines += word;
        width += word.size();
    }
    return lines;
}

/// Every line of `text` that is too long for a screen, broken.
std::string wrapped_lines(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        lines += core::concat(line.size() > line_width ? wrapped(line, 0) : line, '\n');
    }
    return lines;
}

std::string option_line(const Option& option) {
    std::string left =
        option.short_name == '\0' ? "      " : core::concat("  -", option.short_name, ", ");
    left += core::concat("--", option.long_name);
    if (!option.value.empty()) {
        left += core::concat(' ', option.value);
    }
    if (left.size() + 2 > option_column) {
        left += '\n';
        left.append(option_column, ' ');
    } else {
        left.append(option_column - left.size(), ' ');
    }
    return core::concat(left, wrapped(option.full_help(), option_column), '\n');
}

std::string option_lines(const std::vector<Option>& options) {
    std::string lines;
    for (const Option& option : options) {
        if (option.is_shown()) {
            lines += option_line(option);
        }
    }
    return lines;
}

/// What can stand in place of a command.
std::vector<Option> program_options() {
    std::vector<Option> options = common_options();
    std::erase_if(options, [](const Option& option) { return option.long_name == "quiet"; });
    return options;
}

std::string paragraph(std::string_view heading, std::string_view body) {
    if (body.empty()) {
        return "";
    }
    return core::concat('\n', heading, body, body.ends_with('\n') ? "" : "\n");
}

}  // namespace

std::string help_text(const Program& program) {
    std::string text =
        core::concat(wrapped_lines(core::concat(program.name, ": ", program.summary)),
                     "\nUsage: ",
                     program.name,
                     " COMMAND [OPTIONS]\n");
    text += paragraph("", wrapped_lines(program.description));
    text += "\nCommands:\n";
    std::size_t widest = 0;
    for (const Command& command : program.commands) {
        widest = std::max(widest, command.name.size());
    }
    const std::size_t column = widest + 5;
    for (const Command& command : program.commands) {
        if (!command.hidden) {
            text += core::concat("  ",
                                 command.name,
                                 std::string(column - 2 - command.name.size(), ' '),
                                 wrapped(command.summary, column),
                                 '\n');
        }
    }
    text +=
        paragraph("Options:\n", option_line(completion_option()) + option_lines(program_options()));
    return core::concat(
        text, "\n'", program.name, " COMMAND --help' shows a command's options and examples.\n");
}

std::string help_text(const Program& program, const Command& command) {
    const std::string name =
        program.has_subcommands ? core::concat(program.name, ' ', command.name) : program.name;
    std::string text = core::concat(wrapped_lines(core::concat(name, ": ", command.summary)),
                                    "\nUsage: ",
                                    name,
                                    ' ',
                                    command.usage,
                                    '\n');
    text += paragraph("", wrapped_lines(command.description));
    std::string options = option_lines(command.options) + option_lines(common_options());
    if (!program.has_subcommands) {
        options += option_line(completion_option());
    }
    text += paragraph("Options:\n", options);
    text += paragraph("Examples:\n", command.examples);
    return text;
}

}  // namespace modelseal::cli
