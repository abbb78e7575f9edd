#include "common/cli/man_page.hpp"

#include "common/cli/version.hpp"
#include "common/core/text.hpp"

namespace modelseal::cli {

namespace {

/// Text that troff must not read as a request, an escape or a typographic hyphen.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else {
            result += c;
        }
    }
    return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

/// Lines as they are written; an empty one starts a paragraph. troff breaks before indented lines.
std::string body(std::string_view text) {
    std::string result;
    for (const std::string& line : core::split(core::trim(text), '\n')) {
        result += line.empty() ? ".PP\n" : core::concat(escaped(line), '\n');
    }
    return result;
}

std::string section(std::string_view title, std::string_view text) {
    return text.empty() ? "" : core::concat(".SH ", title, '\n', text);
}

std::string options(const std::vector<Option>& all) {
    std::string result;
    for (const Option& option : all) {
        if (!option.is_shown()) {
            continue;
        }
        const std::string short_form =
            option.short_name == '\0' ? "" : core::concat("\\fB\\-", option.short_name, "\\fR, ");
        const std::string value =
            option.value.empty() ? "" : core::concat(" \\fI", escaped(option.value), "\\fR");
        result += core::concat(
            ".TP\n", short_form, "\\fB\\-\\-", escaped(option.long_name), "\\fR", value, '\n');
        result += core::concat(escaped(option.full_help()), '\n');
    }
    return result;
}

std::string examples(std::string_view text) {
    // Without fill: shell lines stay as they are.
    std::string result;
    for (const std::string& line : core::split(text, '\n')) {
        result += line.empty() ? "" : core::concat(escaped(core::trim(line)), '\n');
    }
    return result.empty() ? "" : core::concat(".nf\n", result, ".fi\n");
}

std::string subcommand(const Program& program, const Command& command) {
    const std::string described = body(command.description);
    return core::concat(".SS ",
                        escaped(command.name),
                        "\n\\fB",
                        escaped(core::concat(program.name, ' ', command.name)),
                        "\\fR ",
                        escaped(command.usage),
                        "\n.PP\n",
                        command.description.empty() ? body(command.summary) : described,
                        options(command.options),
                        command.examples.empty() ? "" : ".PP\nExamples:\n",
                        examples(command.examples));
}

}  // namespace

std::string man_page(const Program& program) {
    const Command& first = program.commands.front();
    std::string page =
        core::concat(".TH \"", escaped(program.name), "\" 1 \"\" \"Modelseal ", version(), "\"\n");
    page += section("NAME",
                    core::concat(escaped(program.name), " \\- ", escaped(program.summary), '\n'));
    const std::string usage = program.has_subcommands ? "COMMAND [OPTIONS]" : first.usage;
    page += section("SYNOPSIS",
                    core::concat("\\fB", escaped(program.name), "\\fR ", escaped(usage), '\n'));
    if (!program.has_subcommands) {
        page += section("DESCRIPTION",
                        body(first.description.empty() ? first.summary : first.description));
        page += section("OPTIONS", options(first.options) + options(common_options()));
        return page + section("EXAMPLES", examples(first.examples));
    }
    page += section("DESCRIPTION",
                    body(program.description.empty() ? program.summary : program.description));
    std::string commands;
    for (const Command& command : program.commands) {
        commands += command.hidden ? "" : subcommand(program, command);
    }
    page += section("COMMANDS", commands);
    return page + section("OPTIONS OF EVERY COMMAND", options(common_options()));
}

}  // namespace modelseal::cli
