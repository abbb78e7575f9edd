#include "common/oci/cache/blob_lock.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/oci/layout_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace modelseal::oci {

namespace {

constexpr std::string_view lock_file = "cache.lock";
constexpr std::size_t id_digits = 16;
constexpr std::int64_t byte_of_room = std::int64_t{1} << 62U;  // behind those of all blobs
constexpr unsigned lock_mode = 0600;  // who may only read the cache must not hold up its owner
constexpr std::chrono::milliseconds pause{50};

/// What is being fetched, as it stands: it changes as long as somebody gets on with it.
std::set<std::string> state_of_fetches(const core::Folder& cache) {
    std::set<std::string> state;
    const auto ingest = cache.open_folder(ingest_folder);
    for (const core::FolderEntry& entry :
         ingest ? ingest->list_here() : std::vector<core::FolderEntry>()) {
        struct stat status {};

        if (::fstatat(ingest->descriptor(), entry.path.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
            0) {
            state.insert(core::concat(entry.path,
                                      ' ',
                                      status.st_size,
                                      ' ',
                                      status.st_mtim.tv_sec,
                                      '.',
                                      status.st_mtim.tv_nsec));
        }
    }
    return state;
}

}  // namespace

BlobLock::BlobLock(const core::Folder& cache, Range range)
    : name_(cache.name()),
      range_(range),
      descriptor_(core::open_beneath(cache.descriptor(), lock_file, O_RDWR | O_CREAT, lock_mode)
                      .value_or(core::FileDescriptor())) {
    static_cast<void>(::fchmod(descriptor_.get(), lock_mode));  // one of before, if it is ours
}

BlobLock::BlobLock(const core::Folder& cache,
                   std::string_view id,
                   Mode mode,
                   const Patience& patience)
    : BlobLock(cache, range_of(id)) {
    lock(cache, mode, patience);
}

std::optional<BlobLock> BlobLock::try_exclusive(const core::Folder& cache, std::string_view id) {
    BlobLock lock(cache, range_of(id));
    return lock.try_lock(Mode::exclusive) ? std::optional(std::move(lock)) : std::nullopt;
}

std::optional<BlobLock> BlobLock::try_all(const core::Folder& cache) {
    BlobLock lock(cache, Range{.first = 0, .length = 0});
    return lock.try_lock(Mode::exclusive) ? std::optional(std::move(lock)) : std::nullopt;
}

BlobLock BlobLock::for_room(const core::Folder& cache, const Patience& patience) {
    BlobLock lock(cache, Range{.first = byte_of_room});
    lock.lock(cache, Mode::exclusive, patience);
    return lock;
}

void BlobLock::share() {
    if (!try_lock(Mode::shared)) {
        throw core::Error(core::ErrorKind::io,
                          core::concat("the lock of ", core::in_quotes(name_), " was lost"));
    }
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
void BlobLock::lock(const core::Folder& cache, Mode mode, const Patience& patience) {
    using Clock = std::chrono::steady_clock;
    std::optional<std::set<std::string>> seen;
    Clock::time_point since = Clock::now();
    bool is_told = false;
    while (!try_lock(mode)) {
        if (!seen) {
            seen = state_of_fetches(cache);
        }
        core::sleep_for(pause);
        const Clock::duration waited = Clock::now() - since;
        if (waited < (is_told ? patience.limit : std::min(patience.until_notice, patience.limit))) {
            continue;
        }
        std::set<std::string> now = state_of_fetches(cache);
        if (now != *seen) {
            seen = std::move(now);
            since = Clock::now();
        } else if (waited >= patience.limit) {
            throw core::Error(core::ErrorKind::io,
                              core::concat("another process has held a lock in ",
                                           core::in_quotes(name_),
                                           " for long and fetches nothing"));
        } else {
            is_told = true;
            patience.notice(core::concat("another process is using the cache ",
                                         core::in_quotes(name_),
                                         " and fetches nothing at the moment: it is waited for; to "
                                         "go on at once, end it or name another cache"));
        }
    }
}

}  // namespace modelseal::oci
