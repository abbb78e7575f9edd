#include "common/cli/progress.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <mutex>
#include <ostream>
#include <string>

namespace modelseal::cli {

namespace {

using Time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t line_width = 79;
constexpr std::size_t name_width = 36;
constexpr auto quiet_time = seconds(1);
constexpr auto redraw_interval = milliseconds(100);

/// "0:07", "12:34", "3:00:00"
std::string duration_text(std::uint64_t total_seconds) {
    std::array<char, 32> text{};
    const std::uint64_t hours = total_seconds / 3600;
    const auto minutes = static_cast<unsigned>(total_seconds / 60 % 60);
    const auto rest = static_cast<unsigned>(total_seconds % 60);
    if (hours == 0) {
        std::snprintf(text.data(), text.size(), "%u:%02u", minutes, rest);
    } else {
        std::snprintf(text.data(),
                      text.size(),
                      "%llu:%02u:%02u",
                      static_cast<unsigned long long>(hours),
                      minutes,
                      rest);
    }
    return text.data();
}

/// A line when work ends that took its time: the same line each time, for logs are compared.
class LogProgress final : public core::Progress {
  public:
    LogProgress(std::ostream& out, SteadyNow now) : out_(out), now_(std::move(now)) {}

    void begin(std::string_view doing, std::uint64_t /*total_bytes*/) override {
        const std::lock_guard lock(mutex_);
        running_[std::string(doing)] = now_();
    }

    void advance(std::string_view /*doing*/, std::uint64_t /*bytes*/) override {}

    void end(std::string_view doing, std::string_view outcome) override {
        const std::lock_guard lock(mutex_);
        const auto work = running_.find(doing);
        if (work == running_.end()) {
            return;
        }
        if (now_() - work->second >= quiet_time) {
            out_ << core::printable(doing) << ": " << core::printable(outcome) << '\n'
                 << std::flush;
        }
        running_.erase(work);
    }

  private:
    std::ostream& out_;
    SteadyNow now_;
    std::mutex mutex_;  // guards what follows
    std::map<std::string, Time, std::less<>> running_;
};

/// One line for everything that is going on.
class TerminalProgress final : public core::Progress {
  public:
    TerminalProgress(std::ostream& out, SteadyNow now) : out_(out), now_(std::move(now)) {}

    TerminalProgress(const TerminalProgress&) = delete;
    TerminalProgress& operator=(const TerminalProgress&) = delete;
    TerminalProgress(TerminalProgress&&) = delete;
    TerminalProgress& operator=(TerminalProgress&&) = delete;

    /// An error may end the work: its message starts on a clean line.
    ~TerminalProgress() override { erase(); }

    void begin(std::string_view doing, std::uint64_t total_bytes) override {
        const std::lock_guard lock(mutex_);
        const Time now = now_();
        if (running_.empty()) {
            batch_ = {.begun = now};
        }
        running_[std::string(doing)] = now;
        batch_.total += total_bytes;
    }

    void advance(std::string_view /*doing*/, std::uint64_t bytes) override {
        const std::lock_guard lock(mutex_);
        batch_.done += bytes;
        const Time now = now_();
        if (now - batch_.begun >= quiet_time && now - drawn_ >= redraw_interval) {
            drawn_ = now;
            draw(now);
        }
    }

    void end(std::string_view doing, std::string_view outcome) override {
        const std::lock_guard lock(mutex_);
        const auto work = running_.find(doing);
        if (work == running_.end()) {
            return;
        }
        if (now_() - work->second >= quiet_time) {
            erase();
            out_ << core::printable(doing) << ": " << core::printable(outcome) << '\n'
                 << std::flush;
        }
        running_.erase(work);
        if (running_.empty()) {
            erase();
        }
    }

  private:
    /// Everything between two moments at which nothing was going on.
    struct Batch {
        Time begun{};
        std::uint64_t total = 0;
        std::uint64_t done = 0;
    };

    void draw(Time now) {
        if (running_.empty()) {
            return;
        }
        const auto elapsed = std::chrono::duration<double>(now - batch_.begun).count();
        const double rate = static_cast<double>(batch_.done) / elapsed;
        std::string line = core::printable(running_.begin()->first, name_width);
        if (running_.size() > 1) {
            line += core::concat(" +", running_.size() - 1);
        }
        line += core::concat("  ",
                             core::human_size(batch_.done),
                             " of ",
                             core::human_size(batch_.total),
                             "  ",
                             core::human_size(static_cast<std::uint64_t>(rate)),
                             "/s");
        if (rate >= 1 && batch_.done < batch_.total) {
            const auto left = static_cast<double>(batch_.total - batch_.done) / rate;
            line += core::concat("  ", duration_text(static_cast<std::uint64_t>(left)), " left");
        }
        show(line);
    }

    /// Overwrites the line with spaces where the new one is shorter.
    void show(std::string line) {
        const std::size_t length = std::min(line.size(), line_width);
        line.resize(length);
        line.resize(std::max(length, shown_), ' ');
        out_ << '\r' << line << std::flush;
        shown_ = length;
    }

    void erase() {
        if (shown_ != 0) {
            out_ << '\r' << std::string(shown_, ' ') << '\r' << std::flush;
            shown_ = 0;
        }
    }

    std::ostream& out_;
    SteadyNow now_;
    std::mutex mutex_;  // guards what follows
    std::map<std::string, Time, std::less<>> running_;
    Batch batch_;
    Time drawn_{};
    std::size_t shown_ = 0;  // length of the line that stands on the terminal
};

}  // namespace

std::unique_ptr<core::Progress> make_progress(Environment& environment, bool quiet, SteadyNow now) {
    if (quiet) {
        return std::make_unique<core::NoProgress>();
    }
    const auto ci = environment.variables.get_nonempty("CI");
    const bool in_ci = ci && *ci != "false" && *ci != "0";
    if (environment.err_is_terminal && !in_ci && environment.variables.get("TERM") != "dumb") {
        return std::make_unique<TerminalProgress>(environment.err, std::move(now));
    }
    return std::make_unique<LogProgress>(environment.err, std::move(now));
}

}  // namespace modelseal::cli
