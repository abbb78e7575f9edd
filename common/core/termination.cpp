#include "common/core/termination.hpp"

#include "common/core/error.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr unsigned unwinding_limit_seconds = 10;
constexpr int exit_code_base = 128;  // what a shell reports for a process that a signal ended

// A signal handler has no arguments of its own: what it needs stands in these.
std::atomic<int> deferrals = 0;
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not wait");

extern "C" void on_signal(int number) {
    int none = 0;
    const bool is_first = received.compare_exchange_strong(none, number);
    if (!is_first || deferrals == 0) {
        // SIGALRM comes second and stands for the signal before it.
        ::_exit(exit_code_base + (number == SIGALRM ? received.load() : number));
    }
    ::alarm(unwinding_limit_seconds);
}

}  // namespace

void handle_termination_signals() {
    struct sigaction action {};

    action.sa_handler = &on_signal;
    ::sigemptyset(&action.sa_mask);
    // No SA_RESTART: waiting system calls return, and their loops look at what happened.
    for (const int number : {SIGINT, SIGTERM}) {
        struct sigaction before {};

        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
            static_cast<void>(::sigaction(number, &action, nullptr));
        }
    }
    static_cast<void>(::sigaction(SIGALRM, &action, nullptr));
}

TerminationDeferral::TerminationDeferral() noexcept {
    ++deferrals;
}

TerminationDeferral::TerminationDeferral(const TerminationDeferral& /*other*/) noexcept
    : TerminationDeferral() {}

TerminationDeferral::TerminationDeferral(TerminationDeferral&& /*other*/) noexcept
    : TerminationDeferral() {}

TerminationDeferral::~TerminationDeferral() {
    --deferrals;
}

bool termination_requested() noexcept {
    return received != 0;
}

void check_termination() {
    switch (received) {
        case SIGINT:
            throw Error(ErrorKind::interrupted, "ended by SIGINT");
        case SIGTERM:
            throw Error(ErrorKind::terminated, "ended by SIGTERM");
        default:
            return;
    }
}

void sleep_for(std::chrono::milliseconds time) {
    // The signal may arrive at another thread, so that it wakes none that sleeps.
    constexpr std::chrono::milliseconds longest_nap{100};
    const auto end = std::chrono::steady_clock::now() + time;
    check_termination();
    for (auto now = end - time; now < end; now = std::chrono::steady_clock::now()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
        std::this_thread::sleep_for(std::min(left, longest_nap));
        check_termination();
    }
}

}  // namespace modelseal::core
