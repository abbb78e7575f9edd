// Everything of the outside world that a command may touch.
#pragma once

#include "common/core/progress.hpp"
#include "common/core/subprocess.hpp"
#include "common/core/time.hpp"
#include "common/core/variables.hpp"

#include <cstddef>
#include <functional>
#include <iosfwd>

namespace modelseal::cli {

/// In characters.
struct TerminalSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

/// Passed to every command by run_main(), and by tests with streams and variables of their own.
struct Environment {
    core::Variables variables;
    std::istream& in;
    std::ostream& out;  // results only
    std::ostream& err;  // messages, progress
    core::Clock& clock;
    core::Subprocess& subprocess;
    bool in_is_terminal = false;
    bool err_is_terminal = false;
    std::function<TerminalSize()> err_size = [] {
        return TerminalSize();
    };  // as it is now

    /// Whether nobody reads `out` any more: the other end of the pipe is closed.
    std::function<bool()> out_is_closed = [] {
        return false;
    };

    /// What shows progress on `err` now, if anything does: it must be told what else is to be shown
    /// there while work is running.
    core::Progress* progress = nullptr;
};

}  // namespace modelseal::cli
