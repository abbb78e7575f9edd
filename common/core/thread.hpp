// Starting a thread, where the system may have none left.
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace modelseal::core {

/// Runs `body` on a thread of its own. Errors: io (limit_exceeded) when the system has no more
/// threads, as in a container with a limit of processes: not a defect of ours.
[[nodiscard]] std::jthread start_thread(std::function<void(const std::stop_token&)> body);

}  // namespace modelseal::core
