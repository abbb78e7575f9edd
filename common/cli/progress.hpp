// --progress: how work that takes its time is shown on standard error.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/core/progress.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace modelseal::cli {

/// A clock for durations; tests pass their own.
using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

enum class ProgressForm {
    automatic,  // tty where that is a terminal and nobody's log, else plain
    plain,      // a line when work ends that took over a second
    tty,        // lines that are redrawn: one for each file, and the total
    json,       // a line of JSON for each event, for machines
    quiet,      // nothing
};

/// --progress FORM, spelled as docker compose does.
[[nodiscard]] const Option& progress_option();

/// Errors: usage when `text` is no form.
[[nodiscard]] ProgressForm parse_progress_form(std::string_view text);

/// What --progress and --quiet say; the second decides.
[[nodiscard]] ProgressForm progress_form(const Arguments& arguments);

/// Shows progress on `environment.err`, and is `environment.progress` as long as it lives; nothing
/// else may write to the stream while work is running. `environment` outlives it.
/// Errors: usage when `form` is tty and standard error is no terminal.
[[nodiscard]] std::unique_ptr<core::Progress> make_progress(
    Environment& environment, ProgressForm form, SteadyNow now = std::chrono::steady_clock::now);

/// "Retrying in 2.3 s (1 of 5): GET https://…: the server answered 503"
[[nodiscard]] std::string retry_text(const core::Retry& retry);

/// "Warning: …"
[[nodiscard]] std::string warning_text(std::string_view sentence);

}  // namespace modelseal::cli
