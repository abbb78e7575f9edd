// Random access to bytes that only ever come as a stream.
#pragma once

#include "common/core/stream.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace modelseal::core {

/// Lets what is received from one place be sent to another without being kept: a thread of its own
/// runs the producer, which waits while 4 MiB are not taken. Made for one reader that goes from
/// front to back; reading from anywhere else starts the producer again, as a retried upload needs.
class StreamedAccess final : public RandomAccess {
  public:
    /// Writes all of the bytes, from the first on, and may be called more than once.
    using Producer = std::function<void(ByteSink&)>;

    StreamedAccess(std::uint64_t size, Producer producer)
        : size_(size), producer_(std::move(producer)) {}

    StreamedAccess(const StreamedAccess&) = delete;
    StreamedAccess& operator=(const StreamedAccess&) = delete;
    StreamedAccess(StreamedAccess&&) = delete;
    StreamedAccess& operator=(StreamedAccess&&) = delete;
    ~StreamedAccess() override;

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    /// Errors: those of start_thread() and of the producer, also of its last byte's checks: the
    /// read that reaches the end waits for it to return.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

  private:
    class Feed;

    void start() const;
    void stop() const noexcept;
    [[nodiscard]] std::size_t take(std::span<std::byte> buffer) const;
    void skip_to(std::uint64_t offset) const;

    std::uint64_t size_;
    Producer producer_;

    mutable std::mutex reading_;          // one reader at a time
    mutable std::uint64_t position_ = 0;  // of the next byte to take; guarded by reading_

    mutable std::mutex mutex_;  // guards what follows
    mutable std::condition_variable changed_;
    mutable std::deque<Bytes> blocks_;
    mutable std::size_t taken_of_front_ = 0;
    mutable std::exception_ptr failure_;
    mutable bool ended_ = false;
    mutable bool abandoned_ = false;
    mutable std::jthread worker_;  // guarded by reading_
};

}  // namespace modelseal::core
