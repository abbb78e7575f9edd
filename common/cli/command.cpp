#include "common/cli/command.hpp"

#include "common/cli/argument_parser.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::cli {

const std::vector<Option>& common_options() {
    static const std::vector<Option> options = {
        {.long_name = "quiet", .short_name = 'q', .help = "no progress and no notes on stderr"},
        {.long_name = "help", .short_name = 'h', .help = "show this help"},
        {.long_name = "version", .help = "show the version"},
    };
    return options;
}

const Option& format_option() {
    static const Option option = {.long_name = "format",
                                  .value = "FORMAT",
                                  .help = "text or json (default text)",
                                  .choices = {"text", "json"}};
    return option;
}

std::string Option::full_help() const {
    return core::concat(help,
                        repeatable ? " (repeatable)" : "",
                        variable.empty() ? "" : core::concat(" [", variable, ']'));
}

bool Arguments::has(std::string_view option) const {
    return values_.contains(option);
}

bool Arguments::is_written(std::string_view option) const {
    return has(option) && !variables_.contains(option);
}

std::string Arguments::source_of(std::string_view option) const {
    const auto found = variables_.find(option);
    return found == variables_.end() ? core::concat("--", option) : found->second;
}

std::optional<std::string> Arguments::get(std::string_view option) const {
    const auto found = values_.find(option);
    return found == values_.end() ? std::nullopt : std::optional(found->second.back());
}

std::string Arguments::get_or(std::string_view option, std::string_view fallback) const {
    return get(option).value_or(std::string(fallback));
}

std::vector<std::string> Arguments::get_all(std::string_view option) const {
    const auto found = values_.find(option);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<std::uint64_t> Arguments::get_number(std::string_view option) const {
    const auto text = get(option);
    if (!text) {
        return std::nullopt;
    }
    const auto number = core::parse_decimal(*text);
    if (!number) {
        throw core::Error(
            core::ErrorKind::usage,
            core::concat("--", option, " takes a whole number, not ", core::in_quotes(*text)));
    }
    return number;
}

Arguments parse_arguments(const Command& command,
                          const std::vector<std::string>& words,
                          const core::Variables& variables) {
    return ArgumentParser(command).parse(words, variables);
}

}  // namespace modelseal::cli
