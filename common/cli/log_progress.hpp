// --progress plain.
#pragma once

#include "common/cli/progress_view.hpp"

namespace modelseal::cli {

/// A line when work ends that took its time: the same line each time, for logs are compared.
class LogProgress final : public ProgressView {
  public:
    using ProgressView::ProgressView;

  private:
    void show_ended(const RunningWork& work, std::string_view outcome, Time now) override;
    void show_retry(const core::Retry& retry) override;
    void show_warning(std::string_view sentence) override;
};

}  // namespace modelseal::cli
