#include "common/cli/terminal_progress.hpp"

#include "common/cli/terminal_line.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <exception>
#include <ostream>

namespace modelseal::cli {

namespace {

constexpr auto quiet_time = std::chrono::seconds(1);
constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr std::size_t most_works = 20;     // shown at once, however high the terminal is
constexpr std::size_t longest_label = 48;  // columns, for which shorter ones are filled up

// ECMA-48
constexpr std::string_view erase_to_end_of_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

std::string up(std::size_t lines) {
    return lines == 0 ? "" : core::concat("\x1b[", lines, 'A');
}

}  // namespace

TerminalProgress::~TerminalProgress() {
    try {
        erase();
    } catch (const std::exception&) {
        return;  // the terminal is gone
    }
}

void TerminalProgress::show_advanced(RunningWork& /*work*/, Time now) {
    if (now - tally().phase_begun() >= quiet_time && now - drawn_at_ >= redraw_interval) {
        draw(now);
    }
}

void TerminalProgress::show_ended(const RunningWork& work, std::string_view outcome, Time now) {
    if (took_long(work, now)) {
        print(core::concat(label_of(work.work), ": ", core::printable(outcome)));
    }
    if (tally().running().empty() && tally().pieces_ended() == tally().pieces()) {
        erase();
    }
}

void TerminalProgress::show_failed(const RunningWork& /*work*/, Time /*now*/) {
    if (tally().running().empty()) {
        erase();  // what is still expected will not begin
    }
}

void TerminalProgress::show_retry(const core::Retry& retry, Time now) {
    if (retries_.deserves_line(retry, now)) {
        print(retry_text(retry));
    }
}

void TerminalProgress::show_warning(std::string_view sentence) {
    print(warning_text(sentence));
}

/// A line that stays, above those that are redrawn.
void TerminalProgress::print(std::string_view line) {
    erase();
    out() << core::concat(line, '\n') << std::flush;
}

std::vector<std::string> TerminalProgress::lines(Time now) const {
    const TerminalSize size = environment().err_size();
    const std::size_t columns = std::max<std::size_t>(size.columns, 2) - 1;  // the last one wraps
    const std::size_t rows = std::max<std::size_t>(size.rows, 1);
    const auto& running = tally().running();
    const std::size_t shown = std::min({running.size(), most_works, rows - 1});

    struct Line {
        std::string label;
        Amount amount;
    };

    std::vector<Line> all;
    for (auto work = running.begin(); all.size() < shown; ++work) {
        all.push_back({label_of(work->second.work), work->second.amount(now)});
    }
    if (all.empty() || tally().pieces() > 1) {
        all.push_back(
            {core::concat("total (", tally().pieces_ended(), " of ", tally().pieces(), " done)"),
             tally().total(now)});
    }
    std::size_t widest = 0;
    for (const Line& line : all) {
        widest = std::max(widest, std::min(columns_of(line.label), longest_label));
    }
    std::vector<std::string> lines;
    for (const Line& line : all) {
        lines.push_back(terminal_line(line.label, line.amount, widest, columns));
    }
    return lines;
}

std::string TerminalProgress::to_first_line() const {
    return core::concat('\r', up(std::max<std::size_t>(drawn_, 1) - 1));
}

/// In one write, each line over the one before it: nothing flickers.
void TerminalProgress::draw(Time now) {
    const std::vector<std::string> lines = this->lines(now);
    std::string frame = to_first_line();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        frame += core::concat(i == 0 ? "" : "\n", lines[i], erase_to_end_of_line);
    }
    frame += erase_below;
    until_erased_.emplace();
    out() << frame << std::flush;
    drawn_ = lines.size();
    drawn_at_ = now;
}

void TerminalProgress::erase() {
    if (drawn_ != 0) {
        out() << core::concat(to_first_line(), erase_below) << std::flush;
        drawn_ = 0;
        drawn_at_ = {};
    }
    until_erased_.reset();
}

}  // namespace modelseal::cli
