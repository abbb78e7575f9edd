// --progress json, for machines. Its lines are described in schemas/progress-event.schema.json.
#pragma once

#include "common/cli/progress_view.hpp"
#include "common/core/json.hpp"

namespace modelseal::cli {

/// One JSON object a line: where each piece of work begins, at most five times a second how far it
/// and the whole are, where it ends or fails, each retry, and at the very end the sum of all.
class JsonProgress final : public ProgressView {
  public:
    JsonProgress(Environment& environment, SteadyNow now);
    JsonProgress(const JsonProgress&) = delete;
    JsonProgress& operator=(const JsonProgress&) = delete;
    JsonProgress(JsonProgress&&) = delete;
    JsonProgress& operator=(JsonProgress&&) = delete;
    ~JsonProgress() override;

  private:
    void show_begun(const RunningWork& work, Time now) override;
    void show_advanced(RunningWork& work, Time now) override;
    void show_ended(const RunningWork& work, std::string_view outcome, Time now) override;
    void show_failed(const RunningWork& work, Time now) override;
    void show_retry(const core::Retry& retry, Time now) override;
    void show_warning(std::string_view sentence) override;

    [[nodiscard]] core::Json event(std::string_view name, const RunningWork& work, Time now) const;
    void write(const core::Json& event) const;

    Time begun_;
};

}  // namespace modelseal::cli
