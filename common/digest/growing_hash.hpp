// The digest of a file that is still being written.
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace modelseal::digest {

/// The SHA-256 of content whose bytes become complete from the front on. A thread of its own reads
/// them back as far as they are complete: what is hashed is what was stored, and hashing overlaps
/// with receiving, in whatever order the parts arrive.
class GrowingHash {
  public:
    /// `content` outlives this object; its size() is not asked for.
    /// Errors: those of core::start_thread().
    explicit GrowingHash(const core::RandomAccess& content);
    GrowingHash(const GrowingHash&) = delete;
    GrowingHash& operator=(const GrowingHash&) = delete;
    GrowingHash(GrowingHash&&) = delete;
    GrowingHash& operator=(GrowingHash&&) = delete;

    /// Does not wait for what has not been hashed yet.
    ~GrowingHash() = default;

    /// The first `front` bytes are complete and will not change any more.
    void grow_to(std::uint64_t front);

    /// The digest of what grow_to() said was complete; call once, after its last call.
    /// Errors: those of reading; io (changed_while_read) when the content is shorter.
    [[nodiscard]] Digest finish();

  private:
    void follow(const std::stop_token& stop);
    [[nodiscard]] std::optional<std::uint64_t> wait_for_more(const std::stop_token& stop,
                                                             std::uint64_t hashed);

    const core::RandomAccess& content_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable_any changed_;
    std::uint64_t front_ = 0;
    bool ended_ = false;
    std::exception_ptr failure_;
    std::optional<Digest> digest_;

    std::jthread thread_;  // last: stopped and joined before anything above goes away
};

}  // namespace modelseal::digest
