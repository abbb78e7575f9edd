#include "common/core/parallel.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/thread.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace modelseal::core {

namespace {

class Workers {
  public:
    Workers(std::size_t count, const std::function<void(std::size_t)>& body)
        : count_(count), body_(body) {}

    void run(std::size_t threads) {
        {
            const std::vector<std::jthread> helpers = start(std::min(threads, count_));
            work();
        }
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

  private:
    /// Threads that work beside the caller's, so that there are `threads` in all; fewer where the
    /// system has no more of them.
    [[nodiscard]] std::vector<std::jthread> start(std::size_t threads) {
        std::vector<std::jthread> running;
        try {
            for (std::size_t i = 1; i < threads; ++i) {
                running.push_back(
                    start_thread([this](const std::stop_token& /*stop*/) { work(); }));
            }
        } catch (const Error&) {
            return running;
        }
        return running;
    }

    void work() noexcept {
        for (std::size_t i = next_++; i < count_ && !stopped_; i = next_++) {
            try {
                check_termination();
                body_(i);
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!failure_) {
                    failure_ = std::current_exception();
                }
                stopped_ = true;
            }
        }
    }

    std::size_t count_;
    const std::function<void(std::size_t)>& body_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> stopped_ = false;
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void parallel_for(std::size_t count,
                  std::size_t threads,
                  const std::function<void(std::size_t)>& body) {
    const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
    Workers(count, body).run(threads == 0 ? cores : threads);
}

}  // namespace modelseal::core
