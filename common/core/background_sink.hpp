// A sink whose work is done on another thread.
#pragma once

#include "common/core/stream.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace modelseal::core {

/// Hands bytes to another sink on a thread of its own, so that receiving them overlaps with hashing
/// and writing them. Holds at most 4 MiB, so that several transfers at once stay small.
class BackgroundSink final : public ByteSink {
  public:
    /// `to` outlives this object and is used by no one else until finish() returns.
    /// Errors: those of start_thread().
    explicit BackgroundSink(ByteSink& to);
    BackgroundSink(const BackgroundSink&) = delete;
    BackgroundSink& operator=(const BackgroundSink&) = delete;
    BackgroundSink(BackgroundSink&&) = delete;
    BackgroundSink& operator=(BackgroundSink&&) = delete;

    /// Without finish() before, what is still queued is dropped.
    ~BackgroundSink() override;

    /// Copies the bytes. Errors: what the other sink threw for earlier ones.
    void write(std::span<const std::byte> bytes) override;

    /// Returns once the other sink took everything. Errors: what it threw.
    void finish();

  private:
    void pass_on();
    void work();

    ByteSink& to_;
    Bytes filling_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Bytes> full_;
    std::vector<Bytes> empty_;
    std::exception_ptr failure_;
    bool ended_ = false;
    std::jthread worker_;  // last: it uses all of the above
};

}  // namespace modelseal::core
