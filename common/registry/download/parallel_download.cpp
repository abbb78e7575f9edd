#include "common/registry/download/parallel_download.hpp"

#include "common/core/error.hpp"
#include "common/core/thread.hpp"

#include <algorithm>
#include <limits>

namespace modelseal::registry {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

/// Of one blob. Registries and their storage are shared.
constexpr std::size_t connection_limit = 16;

/// What a connection fetches at a time once there are several. Together they are the stretch that
/// hashing lags behind.
constexpr std::uint64_t part_size = std::uint64_t{16} << 20U;

/// What a connection that was alone still fetches when others join in.
constexpr std::uint64_t farewell_size = std::uint64_t{4} << 20U;

/// Written at a time: curl hands over 16 KiB and less, and a system call for each would cost more
/// than the copy.
constexpr std::size_t buffer_size = std::size_t{256} << 10U;

constexpr auto window = std::chrono::milliseconds(300);

}  // namespace

/// What one connection is fetching. All but take() is called with the download's mutex held, or by
/// the connection's own thread, the only one that moves the position.
class ParallelDownload::Part final : public BlobPart {
  public:
    Part(ParallelDownload& download, core::ByteRange range)
        : download_(download), position_(range.first), end_(range.end) {
        buffer_.reserve(buffer_size);
    }

    [[nodiscard]] std::uint64_t position() const override { return position_; }

    [[nodiscard]] std::uint64_t end() const override { return end_; }

    std::size_t take(std::span<const std::byte> bytes) override {
        const std::uint64_t wanted = end_ - std::min<std::uint64_t>(position_, end_);
        const auto taken =
            bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), wanted)));
        if (buffer_.size() + taken.size() > buffer_size) {
            flush();
        }
        buffer_.insert(buffer_.end(), taken.begin(), taken.end());
        const std::lock_guard lock(download_.mutex_);
        position_ += taken.size();
        if (download_.moved_ == 0) {
            download_.window_begun_ = Clock::now();  // the wait for it is not to be measured
        }
        download_.moved_ += taken.size();
        return taken.size();
    }

    /// What has come when a transfer breaks off is kept, too. Errors: those of both.
    void receive_from(BlobStream& stream) {
        try {
            stream.receive(*this);
        } catch (...) {
            flush();
            throw;
        }
        flush();
    }

    /// Others may be able to do what this registry's answer would make slow.
    [[nodiscard]] bool may_skip() const override {
        const std::lock_guard lock(download_.mutex_);
        return download_.running_ == 1;
    }

    [[nodiscard]] core::ByteRange rest() const {
        return {position_, std::max<std::uint64_t>(position_, end_)};
    }

    /// Leaves what comes after the next `length` bytes to others.
    [[nodiscard]] core::ByteRange give_up_after(std::uint64_t length) {
        const std::uint64_t old_end = end_;
        end_ = std::min(old_end, position_ + length);
        return {end_, old_end};
    }

  private:
    void flush() {
        if (!buffer_.empty()) {
            download_.to_.write_at(position_ - buffer_.size(), buffer_);
            buffer_.clear();
        }
    }

    ParallelDownload& download_;
    std::atomic<std::uint64_t> position_;
    std::atomic<std::uint64_t> end_;
    core::Bytes buffer_;  // the bytes before the position that are not written yet
};

ParallelDownload::ParallelDownload(Client& client,
                                   const Endpoint& endpoint,
                                   const oci::Descriptor& blob,
                                   oci::BlobTarget& to,
                                   ConnectionBudget& budget)
    : stream_(client, endpoint, blob),
      to_(to),
      budget_(budget),
      plan_(to.missing()),
      tuner_(connection_limit),
      window_begun_(Clock::now()) {}

ParallelDownload::~ParallelDownload() {
    threads_.clear();
    budget_.give_back(borrowed_);
}

void ParallelDownload::run() {
    std::unique_lock lock(mutex_);
    if (plan_.left() == 0) {
        return;
    }
    add_connections(1);
    while (running_ > 0) {
        ended_.wait_for(lock, window);
        if (running_ > 0 && may_grow_ && Clock::now() - window_begun_ >= window) {
            tune();
        }
    }
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

/// With the mutex held.
void ParallelDownload::tune() {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> elapsed = now - window_begun_;
    const std::uint64_t moved = moved_ - moved_before_;
    window_begun_ = now;
    moved_before_ = moved_;
    const std::optional<bool> offers_ranges = stream_.offers_ranges();
    if (!offers_ranges || moved == 0) {
        return;  // a slow answer says nothing about the network
    }
    if (!*offers_ranges) {
        may_grow_ = false;
        return;
    }
    tuner_.measured(moved, elapsed.count(), left());
    may_grow_ = !tuner_.is_settled();
    if (tuner_.count() > wanted_) {
        add_connections(tuner_.count());
    }
    wanted_ = std::min(wanted_, tuner_.count());
}

/// With the mutex held.
void ParallelDownload::add_connections(std::size_t wanted) {
    if (running_ > 0) {
        const std::size_t more = budget_.take(wanted - wanted_);
        borrowed_ += more;
        may_grow_ = may_grow_ && more == wanted - wanted_;
        wanted_ += more;
    }
    if (wanted_ > 1) {
        for (Part* part : parts_) {
            if (part->rest().size() > part_size) {
                plan_.give_back(part->give_up_after(farewell_size));
            }
        }
    }
    while (running_ < wanted_) {
        try {
            threads_.push_back(
                core::start_thread([this](const std::stop_token& /*stop*/) { work(); }));
        } catch (const Error&) {
            if (running_ == 0) {
                throw;
            }
            may_grow_ = false;
            wanted_ = running_;
            return_spare();
            return;
        }
        ++running_;
    }
}

/// With the mutex held.
std::uint64_t ParallelDownload::left() const {
    std::uint64_t bytes = plan_.left();
    for (const Part* part : parts_) {
        bytes += part->rest().size();
    }
    return bytes;
}

void ParallelDownload::work() {
    std::optional<core::ByteRange> range = next_range();
    while (range && receive(*range)) {
        range = next_range();
    }
}

/// Nothing when this connection is not wanted any more; it does not count as running then.
std::optional<core::ByteRange> ParallelDownload::next_range() {
    const std::lock_guard lock(mutex_);
    std::optional<core::ByteRange> range;
    if (!failure_ && running_ <= wanted_) {
        range = plan_.take(wanted_ > 1 ? part_size : std::numeric_limits<std::uint64_t>::max());
    }
    if (!range) {
        connection_ended();
    }
    return range;
}

/// Whether this connection is to go on. If not, it does not count as running any more.
bool ParallelDownload::receive(core::ByteRange range) {
    Part part(*this, range);
    {
        const std::lock_guard lock(mutex_);
        parts_.insert(&part);
    }
    std::exception_ptr failure;
    bool is_for_others = false;
    try {
        part.receive_from(stream_);
    } catch (const Error& error) {
        failure = std::current_exception();
        is_for_others = leave_to_others(error);
    } catch (...) {
        failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    parts_.erase(&part);
    plan_.give_back(part.rest());
    if (!failure) {
        return true;
    }
    // The check and the decrement are one step: of several that fail, the last one knows it is.
    if (!is_for_others || running_ == 1) {
        fail(failure);
    }
    wanted_ = stream_.serves_ranges() ? wanted_ : 1;
    connection_ended();
    return false;
}

/// With the mutex held. Other blobs may have the connection, and this one asks for no more.
void ParallelDownload::connection_ended() {
    --running_;
    may_grow_ = false;
    if (running_ > 0) {
        wanted_ = std::min(wanted_, running_);
        return_spare();
    }
    ended_.notify_one();
}

/// With the mutex held, while a connection is running: the first of them is not of the budget.
void ParallelDownload::return_spare() {
    const std::size_t needed = std::min(borrowed_, running_ - 1);
    budget_.give_back(borrowed_ - needed);
    borrowed_ = needed;
}

/// Whether another connection may succeed where this one did not.
bool ParallelDownload::leave_to_others(const Error& error) {
    return error.kind() == ErrorKind::unavailable || !stream_.serves_ranges();
}

/// With the mutex held.
void ParallelDownload::fail(const std::exception_ptr& failure) {
    if (!failure_) {
        failure_ = failure;
    }
    for (Part* part : parts_) {
        static_cast<void>(part->give_up_after(0));
    }
}

}  // namespace modelseal::registry
