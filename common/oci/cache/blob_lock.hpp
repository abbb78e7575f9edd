// Who uses what in a cache.
#pragma once

#include "common/core/file_descriptor.hpp"
#include "common/core/files/folder.hpp"
#include "common/digest/digest.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::oci {

/// A lock on one blob of a cache, between processes and between threads: in the kernel, on a byte
/// of the file "cache.lock" that the blob's digest chooses. Nothing has to be cleaned up after a
/// process that was killed. Spec: fcntl(2), "Open file description locks".
class BlobLock {
  public:
    enum class Mode {
        shared,     // the blob is read: it stays
        exclusive,  // it is written, or removed
    };

    /// How a holder is waited for while nothing is written to what the cache is fetching.
    struct Patience {
        /// As long as a holder may wait itself, for a registry that asks it to.
        std::chrono::milliseconds limit{10 * 60'000};
        std::chrono::milliseconds until_notice{15'000};
        /// Told in one sentence, from the thread that waits, that it does.
        std::function<void(const std::string&)> notice = [](const std::string& /*sentence*/) {
        };
    };

    /// Waits until it can be had. `id` is that of the blob, id_of(). Errors: denied, io, also when
    /// `patience` is at an end: a holder that was stopped must not stop all others; those of
    /// core::sleep_for() and the notice.
    BlobLock(const core::Folder& cache, std::string_view id, Mode mode, const Patience& patience);

    /// Waits for nobody: nothing when another one uses the blob. Errors: denied, io.
    [[nodiscard]] static std::optional<BlobLock> try_exclusive(const core::Folder& cache,
                                                               std::string_view id);

    /// The lock on all blobs at once, when nobody uses any. Errors: denied, io.
    [[nodiscard]] static std::optional<BlobLock> try_all(const core::Folder& cache);

    /// The lock of whoever makes room; waits for it. Errors: as the constructor.
    [[nodiscard]] static BlobLock for_room(const core::Folder& cache, const Patience& patience);

    /// From exclusive to shared, without a moment in which others could come between. Errors: io.
    void share();

    /// The first digits of the digest: the id of partial content, too.
    [[nodiscard]] static std::string id_of(const digest::Digest& digest);

  private:
    struct Range {
        std::int64_t first = 0;
        std::int64_t length = 1;  // 0: to the end of the file
    };

    BlobLock(const core::Folder& cache, Range range);
    [[nodiscard]] static Range range_of(std::string_view id);
    [[nodiscard]] bool try_lock(Mode mode);
    void lock(const core::Folder& cache, Mode mode, const Patience& patience);

    std::string name_;  // of the cache, for messages
    Range range_;
    core::FileDescriptor descriptor_;  // closing it releases the lock
};

}  // namespace modelseal::oci
