#include "common/artifact/partial_file.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <chrono>

namespace modelseal::artifact {

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
        journal_keeper_ = std::jthread([this](const std::stop_token& stop) { keep_journal(stop); });
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
    // The file may be a new one, in place of one that could not be trusted.
    if (journal && !journal->complete.list().empty() &&
        journal->complete.list().back().end <= file_->reopen().size()) {
        written_ = journal->complete;
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
void PartialFile::write_journal(const core::ByteRanges& complete) noexcept {
    try {
        const DownloadJournal journal{
            .digest = blob_.digest, .size = blob_.size, .complete = complete};
        core::OutputFile output = folder_.create_file(journal_path_);
        output.write(core::as_bytes(journal.to_json()));
        output.commit();
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
    std::uint64_t front = 0;
    bool is_time = false;
    {
        const std::lock_guard lock(mutex_);
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        written_.add({offset, offset + bytes.size()});
        front = written_.front();
        unjournaled_ += bytes.size();
        is_time = unjournaled_ >= step_for(blob_.size);
    }
    hash_->grow_to(front);
    if (is_time) {
        changed_.notify_one();
    }
    advanced_(bytes.size());
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
            checkpoint();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            return;
        }
    }
}

/// What the journal says has reached the disk before.
void PartialFile::checkpoint() {
    core::ByteRanges complete;
    {
        const std::lock_guard lock(mutex_);
        if (unjournaled_ == 0) {
            return;
        }
        complete = written_;
        unjournaled_ = 0;
    }
    file_->sync();
    write_journal(complete);
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
    file_->finish();
    if (has_journal_) {
        write_journal(written_);
    }
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
            checkpoint();
            file_->keep_partial();
            file_.reset();
        }
    } catch (const std::exception&) {
        return;  // then it is removed
    }
}

}  // namespace modelseal::artifact
