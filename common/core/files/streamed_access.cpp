#include "common/core/files/streamed_access.hpp"

#include "common/core/thread.hpp"

#include <algorithm>
#include <array>

namespace modelseal::core {

namespace {

constexpr std::size_t block_size = std::size_t{512} << 10U;
constexpr std::size_t blocks_waiting = 8;

/// Ends a producer whose bytes nobody wants any more.
struct Abandoned {};

}  // namespace

/// Where the producer writes; cuts its bytes into blocks.
class StreamedAccess::Feed final : public ByteSink {
  public:
    explicit Feed(const StreamedAccess& to) noexcept : to_(to) {}

    void write(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const auto now = bytes.first(std::min(bytes.size(), block_size));
            std::unique_lock lock(to_.mutex_);
            to_.changed_.wait(
                lock, [&] { return to_.blocks_.size() < blocks_waiting || to_.abandoned_; });
            if (to_.abandoned_) {
                throw Abandoned{};
            }
            to_.blocks_.emplace_back(now.begin(), now.end());
            to_.changed_.notify_all();
            bytes = bytes.subspan(now.size());
        }
    }

  private:
    const StreamedAccess& to_;
};

StreamedAccess::~StreamedAccess() {
    stop();
}

std::size_t StreamedAccess::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    const std::lock_guard reading(reading_);
    if (offset >= size_ || buffer.empty()) {
        return 0;
    }
    if (!worker_.joinable() || offset < position_) {
        stop();
        start();
    }
    skip_to(offset);
    std::size_t read = 0;
    while (read < buffer.size()) {
        const std::size_t count = take(buffer.subspan(read));
        if (count == 0) {
            break;
        }
        read += count;
    }
    return read;
}

void StreamedAccess::start() const {
    position_ = 0;
    blocks_.clear();
    taken_of_front_ = 0;
    failure_ = nullptr;
    ended_ = false;
    abandoned_ = false;
    worker_ = start_thread([this](const std::stop_token& /*stop*/) {
        Feed feed(*this);
        std::exception_ptr failure;
        try {
            producer_(feed);
        } catch (const Abandoned&) {
            return;
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        failure_ = failure;
        ended_ = true;
        changed_.notify_all();
    });
}

void StreamedAccess::stop() const noexcept {
    if (!worker_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
    }
    changed_.notify_all();
    worker_.join();
}

std::size_t StreamedAccess::take(std::span<std::byte> buffer) const {
    std::unique_lock lock(mutex_);
    // The last byte is given only when the producer has checked everything.
    changed_.wait(lock, [&] { return ended_ || blocks_.size() > 1; });
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    if (blocks_.empty()) {
        return 0;
    }
    const Bytes& front = blocks_.front();
    const std::size_t count = std::min(buffer.size(), front.size() - taken_of_front_);
    std::copy_n(
        front.begin() + static_cast<std::ptrdiff_t>(taken_of_front_), count, buffer.begin());
    taken_of_front_ += count;
    position_ += count;
    if (taken_of_front_ == front.size()) {
        blocks_.pop_front();
        taken_of_front_ = 0;
        changed_.notify_all();
    }
    return count;
}

void StreamedAccess::skip_to(std::uint64_t offset) const {
    std::array<std::byte, std::size_t{16} << 10U> skipped{};
    while (position_ < offset) {
        const auto wanted = std::min<std::uint64_t>(skipped.size(), offset - position_);
        if (take(std::span(skipped).first(static_cast<std::size_t>(wanted))) == 0) {
            return;
        }
    }
}

}  // namespace modelseal::core
