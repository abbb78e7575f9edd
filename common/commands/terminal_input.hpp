// What somebody types.
#pragma once

#include <iosfwd>

namespace modelseal::commands {

/// Returns once there is a line to read from the terminal that standard input is. Errors:
/// interrupted, terminated.
void wait_for_line(std::istream& in);

}  // namespace modelseal::commands
