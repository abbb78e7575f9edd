#include "common/registry/upload/upload_journal.hpp"

#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/files/replace_folder.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <chrono>
#include <system_error>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::registry {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t record_limit = std::uint64_t{64} << 10U;
constexpr std::uint64_t version = 1;
constexpr std::size_t member_count = 6;
constexpr unsigned private_mode = 0600;
constexpr std::string_view record_extension = ".json";
constexpr std::string_view lock_extension = ".lock";
constexpr std::chrono::hours kept_for{24 * 8};

/// Device, inode, size, and both times in nanoseconds: compared as a whole, never taken apart.
std::string to_string(const core::FileStamp& file) {
    return core::concat(
        file.device, ':', file.inode, ':', file.size, ':', file.modified_ns, ':', file.changed_ns);
}

std::optional<std::int64_t> parse_signed(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto magnitude = core::parse_decimal(negative ? text.substr(1) : text);
    if (!magnitude || !std::in_range<std::int64_t>(*magnitude)) {
        return std::nullopt;
    }
    const auto value = static_cast<std::int64_t>(*magnitude);
    return negative ? -value : value;
}

core::FileStamp parse_stamp(std::string_view text) {
    const auto pieces = core::split(text, ':');
    if (pieces.size() == 5) {
        const auto device = core::parse_decimal(pieces[0]);
        const auto inode = core::parse_decimal(pieces[1]);
        const auto size = core::parse_decimal(pieces[2]);
        const auto modified = parse_signed(pieces[3]);
        const auto changed = parse_signed(pieces[4]);
        if (device && inode && size && modified && changed) {
            return {*device, *inode, *size, *modified, *changed};
        }
    }
    throw core::Error(core::ErrorKind::malformed,
                      core::concat("not the stamp of a file: ", core::in_quotes(text)));
}

/// Locks the file at `path`, which is made when it is missing and removed when it is let go.
core::FileDescriptor lock(const fs::path& path) {
    core::FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_mode));

    struct stat status {};

    // Whoever held it before may have removed it between our open() and our flock().
    const bool is_ours = file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
                         ::fstat(file.get(), &status) == 0 && status.st_nlink != 0;
    return is_ours ? std::move(file) : core::FileDescriptor();
}

void remove_expired(const fs::path& folder) {
    const auto oldest = fs::file_time_type::clock::now() - kept_for;
    std::error_code error;  // then the rest waits for the next push
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code ignored;  // another process may be quicker
        if (entry->last_write_time(ignored) < oldest && !ignored) {
            fs::remove(entry->path(), ignored);
        }
    }
}

/// What processes that were killed while they wrote a record left of it.
void remove_unfinished(const fs::path& folder) {
    try {
        core::remove_stale_temporaries(core::Folder::open(folder));
    } catch (const core::Error&) {
        return;  // it does no harm, and the next push tries again
    }
}

}  // namespace

UploadRecord UploadRecord::parse(std::string_view text) {
    const core::Json json = core::parse_json(text, {.size = record_limit, .depth = 2});
    if (core::require_unsigned(json, "version") != version || json.size() != member_count) {
        throw core::Error(core::ErrorKind::malformed, "not a record of an upload of this version");
    }
    UploadRecord record{.uploads = core::require_string(json, "uploads"),
                        .file = parse_stamp(core::require_string(json, "file")),
                        .location = core::require_string(json, "location"),
                        .offset = core::require_unsigned(json, "offset"),
                        .least_chunk = core::require_unsigned(json, "leastChunk")};
    if (record.offset > record.file.size) {
        throw core::Error(core::ErrorKind::malformed, "an upload that is past the file's end");
    }
    return record;
}

std::string UploadRecord::to_json() const {
    const core::Json json = {{"version", version},
                             {"uploads", uploads},
                             {"file", to_string(file)},
                             {"location", location},
                             {"offset", offset},
                             {"leastChunk", least_chunk}};
    return core::concat(core::to_pretty_json(json), '\n');
}

UploadClaim::~UploadClaim() {
    if (lock_) {
        fs::path path = path_;
        ::unlink(path.replace_extension(lock_extension).c_str());
    }
}

std::optional<UploadRecord> UploadClaim::read() const {
    try {
        UploadRecord record = UploadRecord::parse(core::read_small_file(path_, record_limit));
        const bool is_same = record.uploads == identity_.uploads && record.file == identity_.file;
        return is_same ? std::optional(std::move(record)) : std::nullopt;
    } catch (const core::Error&) {
        return std::nullopt;  // none, or a damaged one: the upload begins anew
    }
}

void UploadClaim::save(std::string_view location,
                       std::uint64_t offset,
                       std::uint64_t least_chunk) const {
    UploadRecord record = identity_;
    record.location = location;
    record.offset = offset;
    record.least_chunk = least_chunk;
    core::write_output(path_, record.to_json(), private_mode);
}

void UploadClaim::remove() const noexcept {
    ::unlink(path_.c_str());
}

fs::path UploadJournal::default_folder(const core::Variables& variables) {
    const auto state = variables.get_nonempty("XDG_STATE_HOME");
    const auto home = variables.get_nonempty("HOME");
    // A relative path is invalid there and to be ignored.
    if (state && fs::path(*state).is_absolute()) {
        return fs::path(*state) / "modelseal" / "uploads";
    }
    return home && fs::path(*home).is_absolute()
               ? fs::path(*home) / ".local" / "state" / "modelseal" / "uploads"
               : fs::path();
}

bool UploadJournal::prepare_folder() {
    const std::lock_guard guard(mutex_);
    if (!prepared_) {
        std::error_code error;
        fs::create_directories(folder_.parent_path(), error);
        if (fs::create_directory(folder_, error)) {
            fs::permissions(folder_, fs::perms::owner_all, error);
        }
        if (error) {
            return false;
        }
        remove_expired(folder_);
        remove_unfinished(folder_);
        prepared_ = true;
    }
    return true;
}

std::optional<UploadClaim> UploadJournal::claim(std::string_view uploads,
                                                const core::FileStamp& file) {
    if (folder_.empty() || !prepare_folder()) {
        return std::nullopt;
    }
    const std::string key = core::concat(uploads, '\n', to_string(file));
    const fs::path base = folder_ / digest::sha256_of(core::as_bytes(key)).hex();
    core::FileDescriptor held = lock(core::concat(base.string(), lock_extension));
    if (!held) {
        return std::nullopt;
    }
    const fs::path record = core::concat(base.string(), record_extension);
    return UploadClaim(record, {.uploads = std::string(uploads), .file = file}, std::move(held));
}

void UploadJournal::keep_until_manifest(const UploadClaim& claim) {
    claim.save("", claim.identity_.file.size, 0);
    const std::lock_guard guard(mutex_);
    stored_.push_back(claim.path());
}

void UploadJournal::forget_stored() noexcept {
    const std::lock_guard guard(mutex_);
    for (const fs::path& path : stored_) {
        ::unlink(path.c_str());
    }
    stored_.clear();
}

}  // namespace modelseal::registry
