#include "common/cli/log_progress.hpp"

#include "common/cli/terminal_line.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ostream>

namespace modelseal::cli {

namespace {

constexpr auto longest_silence = std::chrono::seconds(10);

}  // namespace

void LogProgress::show_advanced(RunningWork& work, Time now) {
    if (now - std::max(printed_, tally().phase_begun()) < longest_silence) {
        return;
    }
    const std::string label =
        tally().pieces() == 1
            ? label_of(work.work)
            : core::concat("total (", tally().pieces_ended(), " of ", tally().pieces(), " done)");
    print(core::concat(label, ": ", figures_text(tally().total(now))), now);
}

void LogProgress::show_ended(const RunningWork& work, std::string_view outcome, Time now) {
    if (took_long(work, now)) {
        print(core::concat(label_of(work.work), ": ", core::printable(outcome)), now);
    }
}

void LogProgress::show_retry(const core::Retry& retry, Time now) {
    if (retries_.deserves_line(retry, now)) {
        print(retry_text(retry), now);
    }
}

void LogProgress::show_warning(std::string_view sentence) {
    print(warning_text(sentence), now());
}

void LogProgress::print(std::string_view line, Time now) {
    out() << core::concat(line, '\n') << std::flush;
    printed_ = now;
}

}  // namespace modelseal::cli
