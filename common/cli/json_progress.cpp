#include "common/cli/json_progress.hpp"

#include "common/core/text.hpp"

#include <exception>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::cli {

namespace {

constexpr auto interval = std::chrono::milliseconds(200);  // between two lines of one event

double seconds_of(std::chrono::steady_clock::duration time) {
    return static_cast<double>(
               std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) /
           1000;
}

void add(core::Json& json, const Amount& amount) {
    json["bytes"] = amount.done;
    json["size"] = amount.size;
    json["rate"] = amount.rate;
    if (amount.left) {
        json["eta"] = *amount.left;
    }
}

}  // namespace

JsonProgress::JsonProgress(Environment& environment, SteadyNow now)
    : ProgressView(environment, std::move(now)), begun_(this->now()) {}

JsonProgress::~JsonProgress() {
    try {
        const ProgressTally::Sum& sum = tally().sum();
        write({{"event", "summary"},
               {"done", sum.ended},
               {"failed", sum.failed},
               {"bytes", sum.passed},
               {"present", sum.present},
               {"seconds", seconds_of(now() - begun_)}});
    } catch (const std::exception&) {
        return;  // a line that cannot be written is missed by its reader
    }
}

core::Json JsonProgress::event(std::string_view name, const RunningWork& work, Time now) const {
    core::Json json = {
        {"event", name}, {"action", work.work.action}, {"name", core::as_utf8(work.work.name)}};
    if (!work.work.digest.empty()) {
        json["digest"] = work.work.digest;
    }
    add(json, work.amount(now));
    json["present"] = work.present;
    core::Json total = {{"files", tally().pieces()}, {"done", tally().pieces_ended()}};
    add(total, tally().total(now));
    json["total"] = std::move(total);
    return json;
}

void JsonProgress::write(const core::Json& event) const {
    out() << core::concat(core::to_go_json(event), '\n') << std::flush;
}

void JsonProgress::show_begun(const RunningWork& work, Time now) {
    write(event("start", work, now));
}

void JsonProgress::show_advanced(RunningWork& work, Time now) {
    // All that run take turns, so that each is heard of and their lines together stay few.
    const Time last = std::max(work.begun, work.told);
    if (now - last >= interval * tally().running().size()) {
        work.told = now;
        write(event("progress", work, now));
    }
}

void JsonProgress::show_ended(const RunningWork& work, std::string_view outcome, Time now) {
    core::Json json = event("done", work, now);
    json["outcome"] = outcome;
    json["seconds"] = seconds_of(now - work.begun);
    write(json);
}

void JsonProgress::show_failed(const RunningWork& work, Time now) {
    write(event("failed", work, now));
}

void JsonProgress::show_retry(const core::Retry& retry, Time /*now*/) {
    write({{"event", "retry"},
           {"request", core::as_utf8(retry.what)},
           {"reason", core::as_utf8(retry.reason)},
           {"wait", seconds_of(retry.wait)},
           {"retry", retry.retry},
           {"retries", retry.retries}});
}

void JsonProgress::show_warning(std::string_view sentence) {
    write({{"event", "warning"}, {"message", core::as_utf8(sentence)}});
}

}  // namespace modelseal::cli
