#include "common/oci/cache/blob_cache.hpp"

#include "common/core/error.hpp"
#include "common/core/files/replace_folder.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"
#include "common/oci/layout_folder.hpp"
#include "common/oci/layout_index.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <set>

#include <sys/stat.h>

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::string_view index_file = "index.json";
constexpr std::string_view blob_folder = "blobs/sha256";
constexpr unsigned blob_mode = 0444;
constexpr std::size_t id_digits = 16;
constexpr std::string_view partial_prefix = ".modelseal-";
constexpr std::chrono::hours longest_wait{7 * 24};  // for somebody who goes on with partial content

std::string blob_path(const digest::Digest& digest) {
    return concat(blob_folder, '/', digest.hex());
}

std::string ingest_path(std::string_view name) {
    return concat(ingest_folder, '/', name);
}

/// The id of partial content with that name; empty for other names.
std::string_view id_in(std::string_view name) {
    return core::is_partial_name(name) ? name.substr(partial_prefix.size(), id_digits)
                                       : std::string_view();
}

/// When a blob was used last is its time of modification: it has no other, and access times are
/// not kept everywhere. Only which one is removed first depends on it.
void note_use(const core::File& blob) noexcept {
    const std::array<timespec, 2> times{timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                        timespec{.tv_sec = 0, .tv_nsec = UTIME_NOW}};
    static_cast<void>(::futimens(blob.descriptor(), times.data()));
}

}  // namespace

/// A blob, or the partial content of one.
struct BlobCache::Entry {
    std::string path;
    std::string id;
    std::uint64_t size = 0;
    std::int64_t used_ns = 0;
};

BlobCache::BlobCache(const std::filesystem::path& path,
                     std::optional<std::uint64_t> size_limit,
                     const core::Clock& clock,
                     BlobLock::Patience patience)
    : folder_(core::OutputFolder::open_or_create(path)),
      size_limit_(size_limit),
      patience_(std::move(patience)) {
    patience_.notice =
        [notice = std::move(patience_.notice),
         told = std::make_shared<std::atomic<bool>>(false)](const std::string& sentence) {
            if (!told->exchange(true)) {
                notice(sentence);
            }
        };
    require_layout_or_nothing(folder_, path);
    mark(path);
    make_ingest_folder(folder_);
    remove_leftovers(clock);
    content_ = ImageLayout::open(path);
}

/// Makes the folder a layout; one that lists artifacts is somebody's own, and nothing in it may be
/// removed to make room.
void BlobCache::mark(const std::filesystem::path& path) {
    if (is_marked(path)) {
        return;  // no lock that somebody could be holding
    }
    const WriterLock lock(folder_);
    if (!is_marked(path)) {
        replace_file(layout_marker::file, layout_marker::content);
        replace_file(index_file, LayoutIndex().to_bytes());
    }
}

/// Errors: usage.
bool BlobCache::is_marked(const std::filesystem::path& path) const {
    const auto bytes = folder_.read_small(index_file, LayoutIndex::size_limit);
    if (bytes && !LayoutIndex::parse(*bytes).entries().empty()) {
        throw Error(ErrorKind::usage,
                    concat(in_quotes(path.string()),
                           " is an image layout with artifacts of its own: name another folder "
                           "for the cache"));
    }
    return bytes && is_layout(folder_);
}

void BlobCache::remove_leftovers(const core::Clock& clock) const {
    const auto alone = BlobLock::try_all(folder_);
    const auto ingest = folder_.open_folder(ingest_folder);
    if (!alone || !ingest) {
        return;
    }
    const std::int64_t oldest =
        clock.now().unix_seconds() -
        std::chrono::duration_cast<std::chrono::seconds>(longest_wait).count();
    std::set<std::string, std::less<>> kept;
    for (const core::FolderEntry& entry : ingest->list_here()) {
        const std::string_view id = id_in(entry.path);
        const auto file = id.empty() || entry.kind != core::EntryKind::file
                              ? std::nullopt
                              : ingest->open_existing(entry.path);
        if (file && file->stamp().modified_ns / 1'000'000'000 >= oldest) {
            kept.emplace(id);
        }
    }
    core::remove_stale_temporaries(*ingest, kept);
}

/// Anything but a file in a blob's place is no blob.
bool BlobCache::has(const digest::Digest& digest) const {
    try {
        const auto file = folder_.open_existing(blob_path(digest));
        if (file) {
            note_use(*file);
        }
        return file.has_value();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::malformed) {
            throw;
        }
        return false;
    }
}

std::optional<BlobLock> BlobCache::hold(const digest::Digest& digest) {
    BlobLock lock(folder_, BlobLock::id_of(digest), BlobLock::Mode::shared, patience_);
    return has(digest) ? std::optional(std::move(lock)) : std::nullopt;
}

std::optional<BlobLock> BlobCache::hold_or_fetch(const digest::Digest& digest,
                                                 std::uint64_t size,
                                                 const Fetch& fetch) {
    if (auto held = hold(digest)) {
        return held;
    }
    const std::string id = BlobLock::id_of(digest);
    BlobLock lock(folder_, id, BlobLock::Mode::exclusive, patience_);
    if (!has(digest)) {  // nobody has fetched it while we waited
        if (!make_room(size, id)) {
            return std::nullopt;
        }
        folder_.remove(blob_path(digest));  // a link or special file
        core::OutputFile file = fetch(folder_, ingest_path(digest.hex()));
        folder_.commit_as(file, blob_path(digest), blob_mode);
        folder_.remove(ingest_path(core::journal_name(id)));
        // Others may have made room at the same time, each for its own.
        static_cast<void>(make_room(size, id));
    }
    lock.share();
    return lock;
}

void BlobCache::discard(const digest::Digest& digest) {
    const BlobLock lock(folder_, BlobLock::id_of(digest), BlobLock::Mode::exclusive, patience_);
    folder_.remove(blob_path(digest));
}

/// Whether the cache has room for a blob of `size` beside all others.
bool BlobCache::make_room(std::uint64_t size, std::string_view id) {
    if (!size_limit_) {
        return true;
    }
    if (size > *size_limit_) {
        return false;
    }
    const BlobLock room = BlobLock::for_room(folder_, patience_);
    std::vector<Entry> entries = entries_but(id);
    std::uint64_t used = 0;
    for (const Entry& entry : entries) {
        used += entry.size;
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.used_ns < b.used_ns;
    });
    for (const Entry& entry : entries) {
        if (used <= *size_limit_ - size) {
            break;
        }
        if (const auto unused = BlobLock::try_exclusive(folder_, entry.id)) {
            folder_.remove(entry.path);
            used -= entry.size;
        }
    }
    return used <= *size_limit_ - size;
}

/// All that takes room, but for what belongs to the blob with that id.
std::vector<BlobCache::Entry> BlobCache::entries_but(std::string_view id) const {
    std::vector<Entry> entries;
    const auto add_all = [&](std::string_view parent, const auto& id_of_name) {
        const auto folder = folder_.open_folder(parent);
        for (const core::FolderEntry& entry :
             folder ? folder->list_here() : std::vector<core::FolderEntry>()) {
            const std::string found(id_of_name(entry.path));
            const auto file = found.empty() || found == id || entry.kind != core::EntryKind::file
                                  ? std::nullopt
                                  : folder->open_existing(entry.path);
            if (file) {
                entries.push_back({.path = concat(parent, '/', entry.path),
                                   .id = found,
                                   .size = std::max(file->size(), file->allocated_size()),
                                   .used_ns = file->stamp().modified_ns});
            }
        }
    };
    add_all(blob_folder, [](std::string_view name) {
        return name.size() == 2 * digest::Digest::size ? name.substr(0, id_digits)
                                                       : std::string_view();
    });
    add_all(ingest_folder, &id_in);
    return entries;
}

void BlobCache::replace_file(std::string_view name, std::string_view bytes) {
    core::OutputFile file = folder_.create_file(name);
    file.write(core::as_bytes(bytes));
    file.commit();
}

}  // namespace modelseal::oci
