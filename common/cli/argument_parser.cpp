#include "common/cli/argument_parser.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

// Values are taken whole: "-a key=1,2" is one annotation. std::regex is slow to start and to build.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#define CXXOPTS_NO_REGEX 1
#include <cxxopts.hpp>

namespace modelseal::cli {

namespace {

void add(cxxopts::Options& parser, const std::vector<Option>& options) {
    for (const Option& option : options) {
        const std::string names = option.short_name == '\0'
                                      ? option.long_name
                                      : core::concat(option.short_name, ',', option.long_name);
        if (option.value.empty()) {
            parser.add_options()(names, option.help);
        } else {
            parser.add_options()(names, option.help, cxxopts::value<std::vector<std::string>>());
        }
    }
}

/// cxxopts gives a switch that stands alone the value "true".
bool is_given(const std::string& switch_value) {
    return switch_value != "true";
}

std::vector<const char*> as_argv(const std::vector<std::string>& words, std::size_t count) {
    std::vector<const char*> argv = {"program"};
    for (std::size_t i = 0; i < count; ++i) {
        argv.push_back(words[i].c_str());
    }
    return argv;
}

}  // namespace

Arguments ArgumentParser::parse(const std::vector<std::string>& words) const {
    Arguments arguments;
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) {
        arguments.after_dashes_.emplace(dashes + 1, words.end());
    }
    const auto argv = as_argv(words, static_cast<std::size_t>(dashes - words.begin()));
    try {
        cxxopts::Options parser(command_.name);
        add(parser, command_.options);
        add(parser, common_options());
        const cxxopts::ParseResult result =
            parser.parse(static_cast<int>(argv.size()), argv.data());
        for (const cxxopts::KeyValue& given : result.arguments()) {
            arguments.values_[given.key()].push_back(given.value());
        }
        arguments.positional_ = result.unmatched();
    } catch (const cxxopts::exceptions::exception& error) {
        throw core::Error(core::ErrorKind::usage, core::printable(error.what()));
    }
    check_values(arguments);
    return arguments;
}

void ArgumentParser::check_values(const Arguments& arguments) const {
    for (const auto* options : {&command_.options, &common_options()}) {
        for (const Option& option : *options) {
            const std::vector<std::string> values = arguments.get_all(option.long_name);
            if (option.value.empty() && std::any_of(values.begin(), values.end(), is_given)) {
                throw core::Error(core::ErrorKind::usage,
                                  core::concat("--", option.long_name, " takes no value"));
            }
            if (!option.value.empty() && !option.repeatable && values.size() > 1) {
                throw core::Error(core::ErrorKind::usage,
                                  core::concat("--", option.long_name, " is given more than once"));
            }
        }
    }
}

}  // namespace modelseal::cli
