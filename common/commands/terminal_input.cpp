#include "common/commands/terminal_input.hpp"

#include "common/core/termination.hpp"

#include <istream>

#include <poll.h>
#include <unistd.h>

namespace modelseal::commands {

namespace {

constexpr int poll_milliseconds = 200;

}  // namespace

void wait_for_line(std::istream& in) {
    pollfd terminal{STDIN_FILENO, POLLIN, 0};
    while (in.rdbuf()->in_avail() <= 0 && ::poll(&terminal, 1, poll_milliseconds) <= 0) {
        core::check_termination();
    }
}

}  // namespace modelseal::commands
