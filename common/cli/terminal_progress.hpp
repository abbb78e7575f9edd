// --progress tty.
#pragma once

#include "common/cli/progress_view.hpp"
#include "common/cli/retry_lines.hpp"
#include "common/core/termination.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::cli {

/// Redraws a line for each piece of work, and one for all of it, at most ten times a second, below
/// the lines of what has ended. Nothing is drawn in the first second, so that short work leaves no
/// trace. What stands on the terminal is never wider or higher than it. No colours.
class TerminalProgress final : public ProgressView {
  public:
    using ProgressView::ProgressView;
    TerminalProgress(const TerminalProgress&) = delete;
    TerminalProgress& operator=(const TerminalProgress&) = delete;
    TerminalProgress(TerminalProgress&&) = delete;
    TerminalProgress& operator=(TerminalProgress&&) = delete;

    /// An error may end the work: its message starts on a clean line.
    ~TerminalProgress() override;

  private:
    void show_advanced(RunningWork& work, Time now) override;
    void show_ended(const RunningWork& work, std::string_view outcome, Time now) override;
    void show_failed(const RunningWork& work, Time now) override;
    void show_retry(const core::Retry& retry, Time now) override;
    void show_warning(std::string_view sentence) override;

    [[nodiscard]] std::vector<std::string> lines(Time now) const;
    [[nodiscard]] std::string to_first_line() const;
    void draw(Time now);
    void erase();
    void print(std::string_view line);

    RetryLines retries_;
    std::size_t drawn_ = 0;  // lines that stand on the terminal; the cursor is in the last one
    Time drawn_at_{};
    std::optional<core::TerminationDeferral> until_erased_;
};

}  // namespace modelseal::cli
