#include "common/core/background_sink.hpp"

#include "common/core/thread.hpp"

#include <algorithm>

namespace modelseal::core {

namespace {

constexpr std::size_t block_size = std::size_t{512} << 10U;
constexpr std::size_t blocks_queued = 3;

}  // namespace

BackgroundSink::BackgroundSink(ByteSink& to)
    : to_(to), worker_(start_thread([this](const std::stop_token& /*stop*/) { work(); })) {
    filling_.reserve(block_size);
}

BackgroundSink::~BackgroundSink() {
    {
        const std::lock_guard lock(mutex_);
        full_.clear();
        ended_ = true;
    }
    changed_.notify_all();
}

void BackgroundSink::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), block_size - filling_.size());
        filling_.insert(
            filling_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
        bytes = bytes.subspan(count);
        if (filling_.size() == block_size) {
            pass_on();
        }
    }
}

void BackgroundSink::finish() {
    pass_on();
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    worker_.join();
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

void BackgroundSink::pass_on() {
    Bytes next;
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return full_.size() < blocks_queued || failure_; });
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        full_.push_back(std::move(filling_));
        if (!empty_.empty()) {
            next = std::move(empty_.back());
            empty_.pop_back();
        }
    }
    changed_.notify_all();
    next.clear();
    next.reserve(block_size);
    filling_ = std::move(next);
}

void BackgroundSink::work() {
    while (true) {
        Bytes block;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !full_.empty() || ended_; });
            if (full_.empty()) {
                return;
            }
            block = std::move(full_.front());
            full_.pop_front();
        }
        changed_.notify_all();
        try {
            to_.write(block);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            changed_.notify_all();
            return;
        }
        const std::lock_guard lock(mutex_);
        empty_.push_back(std::move(block));
    }
}

}  // namespace modelseal::core
