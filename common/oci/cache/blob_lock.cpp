#include "common/oci/cache/blob_lock.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <charconv>

#include <fcntl.h>

namespace modelseal::oci {

namespace {

constexpr std::string_view lock_file = "cache.lock";
constexpr std::size_t id_digits = 16;
constexpr std::int64_t byte_of_room = std::int64_t{1} << 62U;  // behind those of all blobs
constexpr std::chrono::milliseconds pause{50};

}  // namespace

BlobLock::BlobLock(const core::Folder& cache, Range range)
    : name_(cache.name()),
      range_(range),
      descriptor_(core::open_beneath(cache.descriptor(), lock_file, O_RDWR | O_CREAT, 0644)
                      .value_or(core::FileDescriptor())) {}

BlobLock::BlobLock(const core::Folder& cache, std::string_view id, Mode mode)
    : BlobLock(cache, range_of(id)) {
    lock(mode);
}

std::optional<BlobLock> BlobLock::try_exclusive(const core::Folder& cache, std::string_view id) {
    BlobLock lock(cache, range_of(id));
    return lock.try_lock(Mode::exclusive) ? std::optional(std::move(lock)) : std::nullopt;
}

std::optional<BlobLock> BlobLock::try_all(const core::Folder& cache) {
    BlobLock lock(cache, Range{.first = 0, .length = 0});
    return lock.try_lock(Mode::exclusive) ? std::optional(std::move(lock)) : std::nullopt;
}

BlobLock BlobLock::for_room(const core::Folder& cache) {
    BlobLock lock(cache, Range{.first = byte_of_room});
    lock.lock(Mode::exclusive);
    return lock;
}

void BlobLock::share() {
    lock(Mode::shared);
}

std::string BlobLock::id_of(const digest::Digest& digest) {
    return digest.hex().substr(0, id_digits);
}

BlobLock::Range BlobLock::range_of(std::string_view id) {
    std::uint64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number, 16);
    return {.first = static_cast<std::int64_t>(number >> 2U)};
}

bool BlobLock::try_lock(Mode mode) {
    struct flock wanted {};

    wanted.l_type = mode == Mode::shared ? F_RDLCK : F_WRLCK;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = range_.first;
    wanted.l_len = range_.length;
    while (::fcntl(descriptor_.get(), F_OFD_SETLK, &wanted) != 0) {
        const int error_number = errno;
        if (error_number == EAGAIN || error_number == EACCES) {
            return false;
        }
        if (error_number != EINTR) {
            throw core::system_error(error_number,
                                     core::concat("locking ", core::in_quotes(name_)));
        }
    }
    return true;
}

/// Not the waiting form of the system call: it would not notice that the process is asked to end.
void BlobLock::lock(Mode mode) {
    while (!try_lock(mode)) {
        core::sleep_for(pause);
    }
}

}  // namespace modelseal::oci
