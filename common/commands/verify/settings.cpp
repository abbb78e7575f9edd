#include "common/commands/verify/settings.hpp"

#include "common/cli/explanation_report.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

namespace modelseal::commands {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::string_view default_path = "/models/model.safetensors";
constexpr std::string_view default_termination_log = "/dev/termination-log";

/// "min-version" → "MODELSEAL_MIN_VERSION"
std::string variable_of(std::string_view option) {
    std::string name = "MODELSEAL_";
    for (const char c : option) {
        if (c == '-') {
            name += '_';
        } else {
            name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    return name;
}

/// Flags and variables of one run.
class Sources {
  public:
    Sources(const core::Variables& variables, const cli::Arguments& arguments)
        : variables_(variables), arguments_(arguments) {}

    /// The flag's value, else the variable's.
    [[nodiscard]] std::optional<std::string> setting(std::string_view option) const {
        const auto flag = arguments_.get(option);
        return flag ? flag : variables_.get_nonempty(variable_of(option));
    }

    /// As setting(), but the two must not contradict each other.
    [[nodiscard]] std::optional<std::string> condition(std::string_view option) const {
        const auto flag = arguments_.get(option);
        const auto variable = variables_.get_nonempty(variable_of(option));
        if (flag && variable && *flag != *variable) {
            throw Error(ErrorKind::usage,
                        concat("--",
                               option,
                               " demands ",
                               in_quotes(*flag),
                               ", but ",
                               variable_of(option),
                               " demands ",
                               in_quotes(*variable)));
        }
        return flag ? flag : variable;
    }

    /// Values of a repeatable flag and those of its variable, where commas stand between them.
    [[nodiscard]] std::vector<std::string> all(std::string_view option) const {
        std::vector<std::string> values = arguments_.get_all(option);
        if (const auto variable = variables_.get_nonempty(variable_of(option))) {
            const auto more = core::split(*variable, ',');
            values.insert(values.end(), more.begin(), more.end());
        }
        return values;
    }

    [[nodiscard]] bool is_on(std::string_view option) const {
        if (arguments_.has(option)) {
            return true;
        }
        const std::string value = variables_.get(variable_of(option)).value_or("");
        if (value == "true" || value == "1") {
            return true;
        }
        if (value.empty() || value == "false" || value == "0") {
            return false;
        }
        throw Error(ErrorKind::usage,
                    concat(variable_of(option), " is true or false, not ", in_quotes(value)));
    }

  private:
    const core::Variables& variables_;
    const cli::Arguments& arguments_;
};

std::filesystem::path path_of(const core::Variables& variables, const cli::Arguments& arguments) {
    if (arguments.positional().size() > 1) {
        throw Error(ErrorKind::usage,
                    "one PATH is verified at a time; the command to run goes after --");
    }
    std::string path = arguments.positional().empty()
                           ? variables.get("MODEL_PATH").value_or(std::string(default_path))
                           : arguments.positional().front();
    if (path.empty()) {
        throw Error(ErrorKind::usage, "the model's path is empty; see MODEL_PATH");
    }
    return path;
}

std::optional<seal::ExpectedDigest> digest_of(const core::Variables& variables) {
    const auto digest = variables.get_nonempty("MODEL_DIGEST");
    const auto alias = variables.get_nonempty("VERIFICATION_DIGEST");
    if (digest && alias) {
        const seal::ExpectedDigest first(*digest);
        const seal::ExpectedDigest second(*alias);
        if (*digest != *alias && (!first.digest() || first.digest() != second.digest())) {
            throw Error(ErrorKind::usage,
                        concat("MODEL_DIGEST is ",
                               first.to_string(),
                               ", but VERIFICATION_DIGEST is ",
                               second.to_string()));
        }
    }
    const auto& given = digest ? digest : alias;
    return given ? std::optional<seal::ExpectedDigest>(*given) : std::nullopt;
}

/// Conditions must not contradict each other; where evidence is found is a setting like others.
Settings trust_settings(const Sources& sources) {
    return {.get =
                [&](std::string_view option) {
                    return option == "trusted-root" ? sources.setting(option)
                                                    : sources.condition(option);
                },
            .all = [&](std::string_view option) { return sources.all(option); },
            .is_on =
                [&](std::string_view option) {
                    return option != "allow-legacy" &&
                           sources.is_on(option);  // a seal holds bundles
                }};
}

std::optional<sigstore::Demands> signature_demands(cli::Environment& environment,
                                                   const Sources& sources,
                                                   bool default_policy,
                                                   bool quiet) {
    return demands_of(
        environment,
        trust_settings(sources),
        {.default_policy = default_policy, .quiet = quiet},
        [&](std::string_view key) { return load_public_key(environment.variables, key); });
}

/// A file by its digest has no seal that the machine's policy could be about; a folder has. What
/// the policy refuses by itself (it is expired, or names no such model) is an outcome like others.
void add_signature_demands(cli::Environment& environment,
                           const Sources& sources,
                           VerifySettings& settings) {
    std::error_code ignored;  // opening it says why it cannot be read
    const bool is_folder = std::filesystem::is_directory(settings.path, ignored);
    try {
        settings.demands.signature = signature_demands(
            environment, sources, is_folder || !settings.demands.digest, settings.quiet);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::mismatch) {
            throw;
        }
        settings.refusal = error;
    }
}

/// Whoever can write to the storage could put any other model by the same signer there.
void refuse_any_model(const VerifySettings& settings, bool any_model) {
    if (!settings.demands.signature) {
        return;
    }
    const bool names_model = settings.demands.signature->names_model();
    if (!settings.demands.digest && !names_model && !any_model) {
        throw Error(ErrorKind::usage,
                    "--key alone accepts every model that this key ever signed (and so does an "
                    "identity); give --model NAME or MODEL_DIGEST, or --any-model if that is what "
                    "you want");
    }
    if (names_model && any_model) {
        throw Error(ErrorKind::usage, "--model and --any-model contradict each other");
    }
}

std::vector<cli::Option> own_options() {
    return {
        {.long_name = "any-model",
         .help = "accept every model that the key signed, without --model or MODEL_DIGEST"},
        {.long_name = "allow-extra",
         .value = "NAME",
         .help = "accept this file or folder although the manifest does not list it",
         .repeatable = true},
        cli::format_option(),
        cli::explain_option(),
        cli::progress_option(),
        {.long_name = "termination-log",
         .value = "FILE",
         .help = "write the outcome there if the file exists (default: /dev/termination-log)"},
        {.long_name = "warn", .help = "report a failed verification, but exit 0 and go on"},
    };
}

}  // namespace

const std::vector<cli::Option>& verify_options() {
    static const std::vector<cli::Option> options = [] {
        std::vector<cli::Option> all = signer_options("a PEM file or env://VARIABLE");
        all.push_back(trusted_root_option());
        all.insert(all.end(), demand_options().begin(), demand_options().end());
        const std::vector<cli::Option> own = own_options();
        all.insert(all.end(), own.begin(), own.end());
        return all;
    }();
    return options;
}

VerifySettings verify_settings(cli::Environment& environment, const cli::Arguments& arguments) {
    const core::Variables& variables = environment.variables;
    const Sources sources(variables, arguments);
    VerifySettings settings{
        .path = path_of(variables, arguments),
        .demands = {.digest = digest_of(variables), .allowed_extra = sources.all("allow-extra")},
        .warn = arguments.has("warn"),
        .quiet = arguments.has("quiet"),
        .progress = arguments.has("quiet")
                        ? cli::ProgressForm::quiet
                        : cli::parse_progress_form(sources.setting("progress").value_or("auto")),
        .termination_log =
            sources.setting("termination-log").value_or(std::string(default_termination_log))};
    const std::string format = sources.setting("format").value_or("text");
    if (format != "text" && format != "json") {
        throw Error(ErrorKind::usage,
                    concat("--format takes one of text, json, not ", in_quotes(format)));
    }
    settings.json = format == "json";
    settings.explain = sources.is_on("explain");
    add_signature_demands(environment, sources, settings);
    refuse_any_model(settings, sources.is_on("any-model"));
    if (const auto& command = arguments.after_dashes()) {
        if (command->empty()) {
            throw Error(ErrorKind::usage, "no command stands after --");
        }
        settings.command = *command;
    }
    return settings;
}

}  // namespace modelseal::commands
