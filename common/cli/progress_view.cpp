#include "common/cli/progress_view.hpp"

#include "common/core/text.hpp"

#include <exception>

namespace modelseal::cli {

namespace {

constexpr auto long_time = std::chrono::seconds(1);

}  // namespace

ProgressView::ProgressView(Environment& environment, SteadyNow now)
    : environment_(environment), now_(std::move(now)), tally_(now_()) {
    environment_.progress = this;
}

ProgressView::~ProgressView() {
    environment_.progress = nullptr;
}

void ProgressView::expect(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    tally_.expect(bytes, now_());
}

core::Progress::Id ProgressView::begin(const core::Work& work) {
    const std::lock_guard lock(mutex_);
    const Time now = now_();
    const Id id = tally_.begin(work, now);
    show_begun(tally_.running().at(id), now);
    return id;
}

void ProgressView::passed(Id id, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    const Time now = now_();
    show_advanced(tally_.passed(id, bytes, now), now);
}

void ProgressView::present(Id id, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    show_advanced(tally_.present(id, bytes), now_());
}

void ProgressView::restart(Id id) {
    const std::lock_guard lock(mutex_);
    show_advanced(tally_.restart(id), now_());
}

void ProgressView::end(Id id, std::string_view outcome, std::string_view digest) {
    const std::lock_guard lock(mutex_);
    RunningWork work = tally_.end(id);
    if (!digest.empty()) {
        work.work.digest = digest;
    }
    show_ended(work, outcome, now_());
}

void ProgressView::fail(Id id) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        show_failed(tally_.fail(id), now_());
    } catch (const std::exception&) {
        return;  // the error that made the work fail is told by whoever catches it
    }
}

void ProgressView::retry(const core::Retry& retry) {
    const std::lock_guard lock(mutex_);
    show_retry(retry, now_());
}

void ProgressView::warn(std::string_view sentence) {
    const std::lock_guard lock(mutex_);
    show_warning(sentence);
}

bool ProgressView::took_long(const RunningWork& work, Time now) {
    return now - work.begun >= long_time;
}

std::string ProgressView::label_of(const core::Work& work) {
    return core::printable(core::concat(work.action, ' ', work.name));
}

}  // namespace modelseal::cli
