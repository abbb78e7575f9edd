#include "common/cli/argument_parser.hpp"

#include "common/cli/suggestion.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ranges>

// Values are taken whole: "-a key=1,2" is one annotation. std::regex is slow to start and to build.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#define CXXOPTS_NO_REGEX 1
#include <cxxopts.hpp>

namespace modelseal::cli {

namespace {

using core::concat;

[[noreturn]] void refuse(std::string message) {
    throw core::Error(core::ErrorKind::usage, std::move(message));
}

std::vector<Option> all_options(const Command& command) {
    std::vector<Option> options = command.options;
    options.insert(options.end(), common_options().begin(), common_options().end());
    return options;
}

/// Go's boolean flags that are on by default: --flag alone or --flag=false, never --flag false,
/// where the next word is an argument.
bool is_yes_or_no(const Option& option) {
    return option.choices == std::vector<std::string>{"true", "false"};
}

void add(cxxopts::Options& parser, const Option& option) {
    std::string names = option.short_name == '\0'
                            ? option.long_name
                            : concat(option.short_name, ',', option.long_name);
    for (const std::string& alias : option.aliases) {
        names += concat(',', alias);
    }
    if (option.value.empty() || is_yes_or_no(option)) {
        const auto on_alone = cxxopts::value<std::vector<std::string>>()->implicit_value("true");
        parser.add_options()(names, option.help, on_alone);
    } else {
        parser.add_options()(names, option.help, cxxopts::value<std::vector<std::string>>());
    }
}

/// Errors: those of cxxopts.
cxxopts::ParseResult parse_first(const Command& command,
                                 const std::vector<std::string>& words,
                                 std::size_t count) {
    cxxopts::Options parser(command.name);
    for (const Option& option : all_options(command)) {
        add(parser, option);
    }
    std::vector<const char*> argv = {"program"};
    for (std::size_t i = 0; i < count; ++i) {
        argv.push_back(words[i].c_str());
    }
    return parser.parse(static_cast<int>(argv.size()), argv.data());
}

/// cxxopts says any of an option's names.
std::string long_name_of(const Command& command, const std::string& name) {
    for (const Option& option : command.options) {
        if (std::find(option.aliases.begin(), option.aliases.end(), name) != option.aliases.end()) {
            return option.long_name;
        }
    }
    return name;
}

bool has_unreadable_option(const Command& command,
                           const std::vector<std::string>& words,
                           std::size_t count) {
    try {
        static_cast<void>(parse_first(command, words, count));
    } catch (const cxxopts::exceptions::no_such_option&) {
        return true;
    } catch (const cxxopts::exceptions::invalid_option_syntax&) {
        return true;
    } catch (const cxxopts::exceptions::exception&) {
        return false;  // the value of the last word is cut off
    }
    return false;
}

/// cxxopts does not say which word it stumbled over: the last one of the fewest that show it.
const std::string& unreadable_option(const Command& command,
                                     const std::vector<std::string>& words) {
    const auto counts = std::views::iota(std::size_t{1}, words.size() + 1);
    const auto fewest = std::ranges::partition_point(
        counts, [&](std::size_t count) { return !has_unreadable_option(command, words, count); });
    return words[*fewest - 1];
}

/// Without the value after '=', which may be a secret.
[[noreturn]] void refuse_unknown(const Command& command, std::string_view word) {
    const std::string_view given = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const Option& option : all_options(command)) {
        if (option.is_shown()) {
            names.push_back(concat("--", option.long_name));
            for (const std::string& alias : option.aliases) {
                names.push_back(concat("--", alias));
            }
        }
    }
    const auto suggestion = given.starts_with("--") ? nearest(given, names) : std::nullopt;
    refuse(concat("unknown option ",
                  core::in_quotes(given),
                  suggestion ? concat("; did you mean ", *suggestion, '?') : ""));
}

/// "-o=x" and the like; without the value, too.
[[noreturn]] void refuse_misspelled(const Command& command, std::string_view word) {
    const std::string_view given = word.substr(0, word.find('='));
    for (const Option& option : all_options(command)) {
        if (given == core::concat('-', option.short_name)) {
            const bool takes_value = !option.value.empty();
            refuse(concat(core::in_quotes(given),
                          " takes no '=': write ",
                          takes_value ? concat(given, ' ', option.value, " or ") : "",
                          "--",
                          option.long_name,
                          '=',
                          takes_value ? option.value : "false"));
        }
    }
    refuse(concat(core::in_quotes(given),
                  " is no option: -o VALUE, --option VALUE and "
                  "--option=VALUE are"));
}

/// The spellings of Go's flags.
bool is_on(const Option& option, const std::string& value) {
    for (const char* on : {"true", "TRUE", "True", "t", "T", "1"}) {
        if (value == on) {
            return true;
        }
    }
    for (const char* off : {"false", "FALSE", "False", "f", "F", "0"}) {
        if (value == off) {
            return false;
        }
    }
    refuse(concat("--", option.long_name, " is true or false, not ", core::in_quotes(value)));
}

void check_values(const Option& option, const std::vector<std::string>& values) {
    if (!option.repeatable && values.size() > 1) {
        refuse(concat("--", option.long_name, " is given more than once"));
    }
    for (const std::string& value : values) {
        const auto& choices = option.choices;
        if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
            refuse(concat("--",
                          option.long_name,
                          " takes one of ",
                          core::join(choices, ", "),
                          ", not ",
                          core::in_quotes(value)));
        }
    }
}

}  // namespace

Arguments ArgumentParser::parse(const std::vector<std::string>& words,
                                const core::Variables& variables) const {
    Arguments arguments;
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) {
        arguments.after_dashes_.emplace(dashes + 1, words.end());
    }
    const std::vector<std::string> own(words.begin(), dashes);
    try {
        const cxxopts::ParseResult result = parse_first(command_, own, own.size());
        for (const cxxopts::KeyValue& given : result.arguments()) {
            arguments.values_[long_name_of(command_, given.key())].push_back(given.value());
        }
        arguments.positional_ = result.unmatched();
    } catch (const cxxopts::exceptions::no_such_option&) {
        refuse_unknown(command_, unreadable_option(command_, own));
    } catch (const cxxopts::exceptions::invalid_option_syntax&) {
        refuse_misspelled(command_, unreadable_option(command_, own));
    } catch (const cxxopts::exceptions::missing_argument&) {
        refuse(concat(core::in_quotes(own.back()), " needs a value"));
    } catch (const cxxopts::exceptions::exception& error) {
        refuse(core::printable(error.what()));
    }
    add_variables(arguments, variables);
    settle(arguments);
    return arguments;
}

void ArgumentParser::add_variables(Arguments& arguments, const core::Variables& variables) const {
    std::map<std::string, std::vector<std::string>, std::less<>> added;
    for (const Option& option : command_.options) {
        const auto value =
            option.variable.empty() ? std::nullopt : variables.get_nonempty(option.variable);
        const auto is_given = [&](const std::string& name) {
            return arguments.has(name);
        };
        if (!value || is_given(option.long_name) ||
            std::ranges::any_of(option.yields_to, is_given)) {
            continue;
        }
        core::with_context(option.variable, [&] {
            auto values = option.repeatable ? core::split(*value, ',') : std::vector{*value};
            check_values(option, values);
            added.emplace(option.long_name, std::move(values));
        });
        arguments.variables_.emplace(option.long_name, option.variable);
    }
    arguments.values_.merge(added);
}

void ArgumentParser::settle(Arguments& arguments) const {
    for (const Option& option : all_options(command_)) {
        const auto found = arguments.values_.find(option.long_name);
        if (found == arguments.values_.end()) {
            continue;
        }
        if (!option.refused.empty()) {
            throw core::Error(core::ErrorKind::usage,
                              core::Reason::unsupported,
                              concat("--", option.long_name, ": ", option.refused));
        }
        if (!option.value.empty()) {
            check_values(option, found->second);
        } else if (!is_on(option, found->second.back())) {
            arguments.values_.erase(found);
        }
    }
}

}  // namespace modelseal::cli
