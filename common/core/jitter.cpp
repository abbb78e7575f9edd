#include "common/core/jitter.hpp"

#include <random>

namespace modelseal::core {

double random_part() {
    static thread_local std::minstd_rand generator(std::random_device{}());
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::chrono::milliseconds random_wait(std::chrono::milliseconds shortest,
                                      std::chrono::milliseconds longest) {
    using Wait = std::chrono::duration<double, std::milli>;
    return shortest + std::chrono::duration_cast<std::chrono::milliseconds>(
                          Wait(longest - shortest) * random_part());
}

}  // namespace modelseal::core
