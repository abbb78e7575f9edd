#include "common/digest/growing_hash.hpp"

#include "common/core/error.hpp"
#include "common/core/thread.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>

namespace modelseal::digest {

namespace {

constexpr std::size_t chunk_size = std::size_t{1} << 20U;

/// Hashes the bytes of `content` in [`from`, `to`).
void hash_range(const core::RandomAccess& content,
                std::uint64_t from,
                std::uint64_t to,
                std::span<std::byte> buffer,
                Sha256& hash) {
    while (from < to) {
        const auto wanted = buffer.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), to - from)));
        if (content.read_at(from, wanted) != wanted.size()) {
            throw core::Error(core::ErrorKind::io,
                              core::Reason::changed_while_read,
                              "a file became shorter while it was written");
        }
        hash.write(wanted);
        from += wanted.size();
    }
}

}  // namespace

GrowingHash::GrowingHash(const core::RandomAccess& content)
    : content_(content),
      thread_(core::start_thread([this](const std::stop_token& stop) { follow(stop); })) {}

void GrowingHash::grow_to(std::uint64_t front) {
    bool is_worth_waking = false;
    {
        const std::lock_guard lock(mutex_);
        is_worth_waking = front / chunk_size > front_ / chunk_size;
        front_ = std::max(front_, front);
    }
    if (is_worth_waking) {
        changed_.notify_one();
    }
}

Digest GrowingHash::finish() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    return digest_.value();
}

/// How far there is something to hash: a whole chunk, or all of it at the end. Nothing when that is
/// done or is not wanted any more.
std::optional<std::uint64_t> GrowingHash::wait_for_more(const std::stop_token& stop,
                                                        std::uint64_t hashed) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return front_ - hashed >= chunk_size || ended_; });
    if (stop.stop_requested() || front_ == hashed) {
        return std::nullopt;
    }
    return front_;
}

void GrowingHash::follow(const std::stop_token& stop) {
    try {
        Sha256 hash;
        core::Bytes buffer(chunk_size);
        while (const auto front = wait_for_more(stop, hash.count())) {
            const std::uint64_t next = std::min<std::uint64_t>(*front, hash.count() + chunk_size);
            hash_range(content_, hash.count(), next, buffer, hash);
        }
        if (!stop.stop_requested()) {
            const Digest digest = hash.finish();
            const std::lock_guard lock(mutex_);
            digest_ = digest;
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
    }
}

}  // namespace modelseal::digest
