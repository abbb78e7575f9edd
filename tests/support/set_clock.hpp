// A clock that a test sets.
#pragma once

#include "common/core/time.hpp"

#include <atomic>
#include <chrono>

namespace modelseal::test {

class SetClock final : public core::Clock {
  public:
    [[nodiscard]] core::Timestamp now() const override {
        return core::Timestamp::from_unix(seconds_);
    }

    void advance(std::chrono::seconds by) { seconds_ += by.count(); }

  private:
    std::atomic<std::int64_t> seconds_ = 1'776'736'800;  // 2026-04-21T02:00:00Z
};

}  // namespace modelseal::test
