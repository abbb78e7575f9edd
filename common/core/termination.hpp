// SIGINT and SIGTERM: the process ends at once when there is nothing to clean up, else by
// unwinding.
#pragma once

#include <chrono>

namespace modelseal::core {

/// From now on SIGINT and SIGTERM end this process with the exit codes 130 and 143, also where it
/// is process 1 of a container, whose default is to ignore them. While a TerminationDeferral lives,
/// the first signal only makes check_termination() throw; a second one, or ten seconds, end the
/// process all the same. A signal that was ignored when the process started (nohup) stays ignored.
/// Call it once, before any thread is started.
void handle_termination_signals();

/// Held by whatever must be undone when the process ends: a temporary file, a silenced terminal, a
/// started upload.
class TerminationDeferral {
  public:
    TerminationDeferral() noexcept;
    TerminationDeferral(const TerminationDeferral& other) noexcept;
    TerminationDeferral& operator=(const TerminationDeferral&) noexcept = default;
    TerminationDeferral(TerminationDeferral&& other) noexcept;
    TerminationDeferral& operator=(TerminationDeferral&&) noexcept = default;
    ~TerminationDeferral();
};

/// Whether check_termination() would throw: for what can come to a good end early.
[[nodiscard]] bool termination_requested() noexcept;

/// For loops that can take over a second. Errors: interrupted, terminated.
void check_termination();

/// Waits, and stops waiting within a fraction of a second when the process is asked to end.
/// Errors: interrupted, terminated.
void sleep_for(std::chrono::milliseconds time);

}  // namespace modelseal::core
