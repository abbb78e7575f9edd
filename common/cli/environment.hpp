// Everything of the outside world that a command may touch.
#pragma once

#include "common/core/subprocess.hpp"
#include "common/core/time.hpp"
#include "common/core/variables.hpp"

#include <iosfwd>

namespace modelseal::cli {

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
};

}  // namespace modelseal::cli
