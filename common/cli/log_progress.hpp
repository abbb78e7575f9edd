// --progress plain.
#pragma once

#include "common/cli/progress_view.hpp"
#include "common/cli/retry_lines.hpp"

namespace modelseal::cli {

/// A line when work ends that took its time, and one about all of it after ten seconds without any:
/// whoever reads the log knows that it goes on. The lines are the same each time but for those.
class LogProgress final : public ProgressView {
  public:
    using ProgressView::ProgressView;

  private:
    void show_advanced(RunningWork& work, Time now) override;
    void show_ended(const RunningWork& work, std::string_view outcome, Time now) override;
    void show_retry(const core::Retry& retry, Time now) override;
    void show_warning(std::string_view sentence) override;
    void print(std::string_view line, Time now);

    RetryLines retries_;
    Time printed_{};
};

}  // namespace modelseal::cli
