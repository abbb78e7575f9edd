// Waits that differ by chance, so that those who failed together do not come back together.
#pragma once

#include <chrono>

namespace modelseal::core {

/// At least 0, below 1; different in each process and thread.
[[nodiscard]] double random_part();

/// By chance from `shortest` up to `longest`, which is not below it.
[[nodiscard]] std::chrono::milliseconds random_wait(std::chrono::milliseconds shortest,
                                                    std::chrono::milliseconds longest);

}  // namespace modelseal::core
