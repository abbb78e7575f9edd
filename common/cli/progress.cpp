#include "common/cli/progress.hpp"

#include "common/cli/json_progress.hpp"
#include "common/cli/log_progress.hpp"
#include "common/cli/terminal_progress.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace modelseal::cli {

namespace {

constexpr std::array forms = {std::pair(std::string_view("auto"), ProgressForm::automatic),
                              std::pair(std::string_view("plain"), ProgressForm::plain),
                              std::pair(std::string_view("tty"), ProgressForm::tty),
                              std::pair(std::string_view("json"), ProgressForm::json),
                              std::pair(std::string_view("quiet"), ProgressForm::quiet)};

std::vector<std::string> form_names() {
    std::vector<std::string> names;
    for (const auto& [name, form] : forms) {
        names.emplace_back(name);
    }
    return names;
}

/// A CI service keeps what is drawn on its terminal as a log; a dumb terminal cannot be drawn on.
ProgressForm form_for(const Environment& environment) {
    const auto ci = environment.variables.get_nonempty("CI");
    const bool in_ci = ci && *ci != "false" && *ci != "0";
    const bool can_draw = environment.err_is_terminal && !in_ci &&
                          environment.variables.get("TERM").value_or("dumb") != "dumb";
    return can_draw ? ProgressForm::tty : ProgressForm::plain;
}

}  // namespace

const Option& progress_option() {
    static const Option option = {
        .long_name = "progress",
        .value = "FORM",
        .help = core::concat("how to show progress: ", core::join(form_names(), ", ")),
        .choices = form_names()};
    return option;
}

ProgressForm parse_progress_form(std::string_view text) {
    const auto* const found = std::find_if(
        forms.begin(), forms.end(), [&](const auto& form) { return form.first == text; });
    if (found == forms.end()) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("--progress takes one of ",
                                       core::join(form_names(), ", "),
                                       ", not ",
                                       core::in_quotes(text)));
    }
    return found->second;
}

ProgressForm progress_form(const Arguments& arguments) {
    return arguments.has("quiet") ? ProgressForm::quiet
                                  : parse_progress_form(arguments.get_or("progress", "auto"));
}

std::unique_ptr<core::Progress> make_progress(Environment& environment,
                                              ProgressForm form,
                                              SteadyNow now) {
    switch (form == ProgressForm::automatic ? form_for(environment) : form) {
        case ProgressForm::automatic:
        case ProgressForm::plain:
            break;
        case ProgressForm::tty:
            if (!environment.err_is_terminal) {
                throw core::Error(core::ErrorKind::usage,
                                  "--progress tty draws on a terminal, and standard error is none");
            }
            return std::make_unique<TerminalProgress>(environment, std::move(now));
        case ProgressForm::json:
            return std::make_unique<JsonProgress>(environment, std::move(now));
        case ProgressForm::quiet:
            return std::make_unique<core::NoProgress>();
    }
    return std::make_unique<LogProgress>(environment, std::move(now));
}

std::string retry_text(const core::Retry& retry) {
    const auto tenths = (retry.wait.count() + 50) / 100;
    return core::concat("Retrying in ",
                        tenths / 10,
                        '.',
                        tenths % 10,
                        " s (",
                        retry.retry,
                        " of ",
                        retry.retries,
                        "): ",
                        retry.what,
                        ": ",
                        retry.reason);
}

std::string warning_text(std::string_view sentence) {
    return core::concat("Warning: ", sentence);
}

}  // namespace modelseal::cli
