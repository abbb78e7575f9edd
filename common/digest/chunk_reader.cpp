#include "common/digest/chunk_reader.hpp"

#include "common/core/termination.hpp"
#include "common/core/thread.hpp"

#include <utility>

namespace modelseal::digest {

namespace {

/// Large enough to make system calls cheap, small enough to stay in a core's second-level cache.
constexpr std::size_t chunk_size = std::size_t{256} << 10U;

}  // namespace

DirectReader::DirectReader(const core::RandomAccess& from, ChunkVisitor visit)
    : source_(from), visit_(std::move(visit)), buffer_(chunk_size) {}

std::span<const std::byte> DirectReader::next() {
    const auto chunk = std::span(buffer_).first(source_.read(buffer_));
    visit_(chunk);
    return chunk;
}

ReadAheadReader::ReadAheadReader(const core::RandomAccess& from, ChunkVisitor visit)
    : source_(from), visit_(std::move(visit)) {
    for (Slot& slot : slots_) {
        slot.buffer.resize(chunk_size);
    }
    thread_ = core::start_thread([this](const std::stop_token& stop) { read_all(stop); });
}

std::span<const std::byte> ReadAheadReader::next() {
    std::unique_lock lock(mutex_);
    if (lent_) {
        lent_ = false;
        ++returned_;
        if (published_ - returned_ == refill_at) {
            changed_.notify_all();
        }
    }
    changed_.wait(lock, [&] { return published_ > returned_ || failure_; });
    if (published_ == returned_) {
        std::rethrow_exception(failure_);
    }
    const Slot& slot = slots_.at(returned_ % slot_count);
    lent_ = slot.filled != 0;  // the end is not given back: every later call finds it again
    return std::span(slot.buffer).first(slot.filled);
}

void ReadAheadReader::read_all(const std::stop_token& stop) {
    try {
        // Slots that are not published belong to this thread alone.
        for (std::uint64_t index = 0; wait_for_free_slot(stop); ++index) {
            core::check_termination();
            Slot& slot = slots_.at(index % slot_count);
            slot.filled = source_.read(slot.buffer);
            visit_(std::span(slot.buffer).first(slot.filled));
            publish();
            if (slot.filled == 0) {
                return;
            }
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

bool ReadAheadReader::wait_for_free_slot(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [&] { return published_ - returned_ < slot_count; });
}

void ReadAheadReader::publish() {
    const std::lock_guard lock(mutex_);
    ++published_;
    if (published_ - returned_ == 1) {  // else the caller does not wait
        changed_.notify_all();
    }
}

}  // namespace modelseal::digest
