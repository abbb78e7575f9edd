// The connections that all downloads of a store may have beside their first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>

namespace modelseal::registry {

/// Thread-safe.
class ConnectionBudget {
  public:
    explicit ConnectionBudget(std::size_t connections) noexcept : left_(connections) {}

    /// Takes `wanted` of them, or those that are left; returns how many.
    [[nodiscard]] std::size_t take(std::size_t wanted) {
        const std::lock_guard lock(mutex_);
        const std::size_t taken = std::min(wanted, left_);
        left_ -= taken;
        return taken;
    }

    void give_back(std::size_t connections) {
        const std::lock_guard lock(mutex_);
        left_ += connections;
    }

  private:
    std::mutex mutex_;
    std::size_t left_;
};

}  // namespace modelseal::registry
