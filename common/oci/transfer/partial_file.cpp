#include "common/oci/transfer/partial_file.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/text.hpp"
#include "common/core/thread.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace modelseal::oci {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

constexpr std::size_t id_digits = 16;

/// The journal is brought up to date after so many bytes: often enough that little is fetched
/// again, seldom enough that the disk has large pieces to write.
constexpr std::uint64_t shortest_step = std::uint64_t{1} << 20U;
constexpr std::uint64_t longest_step = std::uint64_t{64} << 20U;
constexpr std::uint64_t steps = 64;

/// Or after so long, where the network is slow.
constexpr auto longest_wait = std::chrono::seconds(1);

/// What a power cut may cost; flushing more often slows down a fast network.
constexpr auto flush_interval = std::chrono::seconds(5);

/// The journal is as long as a multiple of this, so that a shorter text covers a longer one, and
/// nearly always one block, of which a disk has the old or the new state.
constexpr std::size_t journal_block = 4096;

/// Less is not left to a later pull.
constexpr std::uint64_t worth_keeping = std::uint64_t{1} << 20U;

std::uint64_t step_for(std::uint64_t size) {
    return std::clamp(size / steps, shortest_step, longest_step);
}

}  // namespace

std::string PartialFile::id_of(const digest::Digest& digest) {
    return digest.hex().substr(0, id_digits);
}

PartialFile::PartialFile(core::OutputFolder& folder,
                         const std::string& path,
                         const oci::Descriptor& blob,
                         Earlier earlier,
                         std::function<void(std::uint64_t)> advanced)
    : folder_(folder), blob_(blob), advanced_(std::move(advanced)) {
    const std::string_view parent = core::parent_of(path);
    journal_path_ =
        core::concat(parent, parent.empty() ? "" : "/", core::journal_name(id_of(blob.digest)));
    open(path, earlier);
    content_.emplace(file_->reopen());
    hash_.emplace(*content_);
    hash_->grow_to(written_.front());
    if (has_journal_) {
        journal_keeper_ =
            core::start_thread([this](const std::stop_token& stop) { keep_journal(stop); });
    }
}

void PartialFile::open(const std::string& path, Earlier earlier) {
    const auto journal = earlier == Earlier::use ? read_journal() : std::nullopt;
    auto opened = folder_.open_partial(path, id_of(blob_.digest), blob_.size, journal.has_value());
    has_journal_ = opened.has_value();
    if (!opened) {
        file_.emplace(folder_.create_file(path, blob_.size));
        return;
    }
    file_.emplace(std::move(*opened));
    if (!journal) {
        return;
    }
    // The file may be a new one, in place of one that could not be trusted.
    const core::ByteRanges& complete = journal->complete(boot_);
    if (!complete.list().empty() && complete.list().back().end <= file_->reopen().size()) {
        written_ = complete;
        flushed_ = journal->flushed;
        resumed_ = written_.total();
    }
}

PartialFile::~PartialFile() {
    stop_journal();
    if (has_journal_ && file_) {
        try {
            folder_.remove(journal_path_);
        } catch (const Error&) {
            return;  // the next pull removes it
        }
    }
}

std::optional<DownloadJournal> PartialFile::read_journal() const {
    try {
        const auto text = folder_.read_small(journal_path_, DownloadJournal::size_limit);
        auto journal = text ? DownloadJournal::parse(*text) : std::nullopt;
        const bool is_of_this_blob =
            journal && journal->digest == blob_.digest && journal->size == blob_.size;
        return is_of_this_blob ? std::move(journal) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;  // a link, a folder, too large: none of ours
    }
}

/// Only how much is fetched again depends on it: an error is not worth failing for.
void PartialFile::write_journal(const DownloadJournal& journal) noexcept {
    try {
        std::string text = journal.to_json();
        text.append(journal_block - text.size() % journal_block, '\n');
        if (journal_) {
            // A longer text may have stood there. What is torn is none: the next pull starts over.
            const ssize_t count = ::pwrite(journal_.get(), text.data(), text.size(), 0);
            if (count < 0 || static_cast<std::size_t>(count) != text.size() ||
                ::ftruncate(journal_.get(), count) != 0) {
                throw core::system_error(errno, core::concat("writing ", journal_path_));
            }
            return;
        }
        core::OutputFile created = folder_.create_file(journal_path_);
        created.write(core::as_bytes(text));
        core::FileDescriptor descriptor(::fcntl(created.descriptor(), F_DUPFD_CLOEXEC, 0));
        created.commit();
        journal_ = std::move(descriptor);
    } catch (const std::exception&) {
        return;
    }
}

std::vector<core::ByteRange> PartialFile::missing() const {
    const std::lock_guard lock(mutex_);
    return written_.missing(blob_.size);
}

void PartialFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    file_->write_at(offset, bytes);
    has_written({offset, offset + bytes.size()});
}

std::uint64_t PartialFile::take_from(const core::File& content, core::ByteRange range) {
    // What is taken at a time: the journal and the progress are to keep up.
    constexpr std::uint64_t longest = std::uint64_t{8} << 20U;
    if (range.empty()) {
        return 0;
    }
    const bool is_all = range.first == 0 && range.end == blob_.size;
    const std::uint64_t taken =
        is_all && file_->share_storage_of(content)
            ? range.size()
            : file_->copy_from(content, range.first, std::min(range.size(), longest));
    if (taken > 0) {
        has_written({range.first, range.first + taken});
    }
    return taken;
}

/// To be called after every write, by whichever thread wrote.
void PartialFile::has_written(core::ByteRange range) {
    std::uint64_t front = 0;
    bool is_time = false;
    {
        const std::lock_guard lock(mutex_);
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        written_.add(range);
        front = written_.front();
        unjournaled_ += range.size();
        is_time = unjournaled_ >= step_for(blob_.size);
    }
    hash_->grow_to(front);
    if (is_time) {
        changed_.notify_one();
    }
    advanced_(range.size());
}

void PartialFile::keep_journal(const std::stop_token& stop) {
    const auto is_time = [this] {
        return unjournaled_ >= step_for(blob_.size);
    };
    while (true) {
        try {
            {
                std::unique_lock lock(mutex_);
                changed_.wait_for(lock, stop, longest_wait, is_time);
                if (stop.stop_requested()) {
                    return;
                }
            }
            checkpoint(false);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            return;
        }
    }
}

void PartialFile::checkpoint(bool flush) {
    core::ByteRanges written;
    {
        const std::lock_guard lock(mutex_);
        if (unjournaled_ == 0 && !flush) {
            return;
        }
        written = written_;
        unjournaled_ = 0;
    }
    if (flush || Clock::now() - flushed_at_ >= flush_interval) {
        file_->sync();
        flushed_ = written;
        flushed_at_ = Clock::now();
    } else {
        file_->write_behind(0, blob_.size);
    }
    write_journal({.digest = blob_.digest,
                   .size = blob_.size,
                   .written = std::move(written),
                   .flushed = flushed_,
                   .boot = boot_});
}

void PartialFile::stop_journal() {
    if (journal_keeper_.joinable()) {
        journal_keeper_.request_stop();
        journal_keeper_.join();
    }
}

core::OutputFile PartialFile::finish() {
    stop_journal();
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    check_digest();
    if (has_journal_) {
        checkpoint(true);
        journal_ = {};  // unlocked: of no use to this process any more
    }
    file_->finish();
    core::OutputFile finished = std::move(*file_);
    file_.reset();
    return finished;
}

void PartialFile::check_digest() {
    if (!missing().empty()) {
        throw Error(
            ErrorKind::mismatch,
            Reason::size_mismatch,
            core::concat("only ", written_.total(), " of ", blob_.size, " bytes are there"));
    }
    if (const digest::Digest actual = hash_->finish(); actual != blob_.digest) {
        throw Error(
            ErrorKind::mismatch,
            Reason::digest_mismatch,
            core::concat("expected ", blob_.digest.to_string(), ", got ", actual.to_string()));
    }
}

void PartialFile::keep() noexcept {
    try {
        stop_journal();
        if (has_journal_ && file_ && written_.total() >= worth_keeping) {
            checkpoint(true);
            file_->keep_partial();
            file_.reset();
        }
    } catch (const std::exception&) {
        return;  // then it is removed
    }
}

}  // namespace modelseal::oci
