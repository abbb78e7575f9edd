// Progress for people: one redrawn line on a terminal, plain lines in a log.
#pragma once

#include "common/cli/environment.hpp"
#include "common/core/progress.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace modelseal::cli {

/// A clock for durations; tests pass their own.
using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

/// Reports to `environment.err`, which outlives the result.
/// * On a terminal: after one second, one line with bytes, rate and time left, redrawn at most ten
///   times a second; work that took longer than that leaves a line with its outcome. No colours,
///   no escape sequences (NO_COLOR has nothing to turn off).
/// * In a log, or with CI set or TERM=dumb: a line when work ends that took longer than a second.
/// * With `quiet`: nothing.
[[nodiscard]] std::unique_ptr<core::Progress> make_progress(
    Environment& environment, bool quiet, SteadyNow now = std::chrono::steady_clock::now);

}  // namespace modelseal::cli
