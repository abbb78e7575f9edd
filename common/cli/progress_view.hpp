// What all views of progress share: the tally, one thread at a time.
#pragma once

#include "common/cli/environment.hpp"
#include "common/cli/progress.hpp"
#include "common/cli/progress_tally.hpp"

#include <mutex>
#include <string_view>

namespace modelseal::cli {

/// Is `environment.progress` as long as it lives. The member functions that a view adds are called
/// with the lock held.
class ProgressView : public core::Progress {
  public:
    using Time = TransferRate::Time;

    ProgressView(Environment& environment, SteadyNow now);
    ProgressView(const ProgressView&) = delete;
    ProgressView& operator=(const ProgressView&) = delete;
    ProgressView(ProgressView&&) = delete;
    ProgressView& operator=(ProgressView&&) = delete;
    ~ProgressView() override;

    void expect(std::uint64_t bytes) final;
    [[nodiscard]] Id begin(const core::Work& work) final;
    void passed(Id id, std::uint64_t bytes) final;
    void present(Id id, std::uint64_t bytes) final;
    void restart(Id id) final;
    void end(Id id, std::string_view outcome, std::string_view digest) final;
    void fail(Id id) noexcept final;
    void retry(const core::Retry& retry) final;
    void warn(std::string_view sentence) final;

  protected:
    virtual void show_begun(const RunningWork& /*work*/, Time /*now*/) {}

    virtual void show_advanced(RunningWork& /*work*/, Time /*now*/) {}

    virtual void show_ended(const RunningWork& work, std::string_view outcome, Time now) = 0;

    virtual void show_failed(const RunningWork& /*work*/, Time /*now*/) {}

    virtual void show_retry(const core::Retry& retry, Time now) = 0;
    virtual void show_warning(std::string_view sentence) = 0;

    [[nodiscard]] std::ostream& out() const noexcept { return environment_.err; }

    [[nodiscard]] const Environment& environment() const noexcept { return environment_; }

    [[nodiscard]] const ProgressTally& tally() const noexcept { return tally_; }

    [[nodiscard]] Time now() const { return now_(); }

    /// Whether work took so long that somebody may have wondered, and is told of its end.
    [[nodiscard]] static bool took_long(const RunningWork& work, Time now);

    /// "pulling model.safetensors", fit for a terminal.
    [[nodiscard]] static std::string label_of(const core::Work& work);

  private:
    Environment& environment_;
    SteadyNow now_;
    std::mutex mutex_;  // guards what follows, and what views add
    ProgressTally tally_;
};

}  // namespace modelseal::cli
