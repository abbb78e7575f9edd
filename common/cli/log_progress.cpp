#include "common/cli/log_progress.hpp"

#include "common/core/text.hpp"

#include <ostream>

namespace modelseal::cli {

void LogProgress::show_ended(const RunningWork& work, std::string_view outcome, Time now) {
    if (took_long(work, now)) {
        out() << core::concat(label_of(work.work), ": ", core::printable(outcome), '\n')
              << std::flush;
    }
}

void LogProgress::show_retry(const core::Retry& retry) {
    out() << core::concat(retry_text(retry), '\n') << std::flush;
}

void LogProgress::show_warning(std::string_view sentence) {
    out() << core::concat(warning_text(sentence), '\n') << std::flush;
}

}  // namespace modelseal::cli
