// The one place where an error ends: text on stderr, an exit code for the caller.
#pragma once

#include "common/cli/command.hpp"

#include <string>
#include <vector>

namespace modelseal::cli {

/// The whole of an executable's main(): finds the command, parses its options, runs it.
/// Returns the exit code; never throws.
int run_main(const Program& program, int argc, char** argv);

/// The same with an environment of the caller's, for tests. `words` exclude the program's name.
int run(const Program& program, Environment& environment, const std::vector<std::string>& words);

}  // namespace modelseal::cli
