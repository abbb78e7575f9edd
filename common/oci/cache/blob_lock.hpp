// Who uses what in a cache.
#pragma once

#include "common/core/file_descriptor.hpp"
#include "common/core/files/folder.hpp"
#include "common/digest/digest.hpp"

#include <chrono>
#include <cstdint>
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

    /// How long a holder is waited for while nothing is written to what the cache is fetching.
    static constexpr std::chrono::milliseconds usual_patience{15'000};

    /// Waits until it can be had. `id` is that of the blob, id_of(). Errors: denied, io, also when
    /// `patience` is at an end: a holder that was stopped must not stop all others; those of
    /// core::sleep_for().
    BlobLock(const core::Folder& cache,
             std::string_view id,
             Mode mode,
             std::chrono::milliseconds patience = usual_patience);

    /// Waits for nobody: nothing when another one uses the blob. Errors: denied, io.
    [[nodiscard]] static std::optional<BlobLock> try_exclusive(const core::Folder& cache,
                                                               std::string_view id);

    /// The lock on all blobs at once, when nobody uses any. Errors: denied, io.
    [[nodiscard]] static std::optional<BlobLock> try_all(const core::Folder& cache);

    /// The lock of whoever makes room; waits for it. Errors: as the constructor.
    [[nodiscard]] static BlobLock for_room(const core::Folder& cache,
                                           std::chrono::milliseconds patience = usual_patience);

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
    void lock(const core::Folder& cache, Mode mode, std::chrono::milliseconds patience);

    std::string name_;  // of the cache, for messages
    Range range_;
    core::FileDescriptor descriptor_;  // closing it releases the lock
};

}  // namespace modelseal::oci
