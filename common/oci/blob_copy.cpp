#include "common/oci/blob_copy.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/core/thread.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include <unistd.h>

namespace modelseal::oci {

namespace {

constexpr std::uint64_t copy_chunk = std::uint64_t{4} << 20U;
constexpr std::size_t hash_chunk = std::size_t{256} << 10U;
/// The copy never runs further ahead than this, so that it is still in the page cache when hashed.
constexpr std::uint64_t longest_lead = std::uint64_t{64} << 20U;

[[noreturn]] void throw_shrunk(std::uint64_t offset) {
    throw core::Error(core::ErrorKind::io,
                      core::Reason::changed_while_read,
                      core::concat("the content ends at byte ", offset, ", while it was read"));
}

bool share_storage(const core::RandomAccess& content, const core::OutputFile& to) {
    const auto* const file = dynamic_cast<const core::File*>(&content);
    return file != nullptr && to.share_storage_of(*file);
}

/// Writes consecutive chunks of the content into the file, by the kernel alone where it can.
class Copier {
  public:
    Copier(const core::RandomAccess& content, const core::OutputFile& to)
        : content_(content), file_(dynamic_cast<const core::File*>(&content)), to_(to) {}

    void copy(std::uint64_t begin, std::uint64_t size) {
        std::uint64_t offset = begin;
        std::uint64_t length = size;
        while (length > 0) {
            const std::uint64_t count = file_ != nullptr ? copy_in_kernel(offset, length)
                                                         : copy_through_buffer(offset, length);
            offset += count;
            length -= count;
        }
        to_.write_behind(begin, size);
    }

  private:
    /// Returns 0 when the kernel cannot copy between these files; it is not asked again.
    std::uint64_t copy_in_kernel(std::uint64_t offset, std::uint64_t length) {
        const std::uint64_t count = to_.copy_from(*file_, offset, length);
        if (count == 0) {
            file_ = nullptr;  // reading will tell why
        }
        return count;
    }

    std::uint64_t copy_through_buffer(std::uint64_t offset, std::uint64_t length) {
        buffer_.resize(std::min(copy_chunk, length));
        const std::size_t count = content_.read_at(offset, buffer_);
        if (count == 0) {
            throw_shrunk(offset);
        }
        to_.write_at(offset, std::span(buffer_).first(count));
        return count;
    }

    const core::RandomAccess& content_;
    const core::File* file_;  // the content, while the kernel may copy it
    const core::OutputFile& to_;
    core::Bytes buffer_;
};

/// Where two threads stand in the same file.
class Race {
  public:
    /// Waits until the copy may go on past `copied`; false when it should stop.
    bool wait_for_hash(std::uint64_t copied) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopped_ || copied - hashed_ < longest_lead; });
        return !stopped_;
    }

    void set_copied(std::uint64_t copied) {
        const std::lock_guard lock(mutex_);
        copied_ = copied;
        changed_.notify_all();
    }

    void fail(std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        error_ = std::move(error);
        changed_.notify_all();
    }

    /// Waits for bytes past `hashed` and returns up to where they stand. Rethrows what the copy
    /// failed with.
    std::uint64_t wait_for_copy(std::uint64_t hashed) {
        std::unique_lock lock(mutex_);
        hashed_ = hashed;
        changed_.notify_all();
        changed_.wait(lock, [&] { return error_ != nullptr || copied_ > hashed; });
        if (error_ != nullptr) {
            std::rethrow_exception(error_);
        }
        return copied_;
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t copied_ = 0;
    std::uint64_t hashed_ = 0;
    bool stopped_ = false;
    std::exception_ptr error_;
};

void copy_all(Copier& copier, std::uint64_t size, Race& race) {
    try {
        for (std::uint64_t copied = 0; copied < size && race.wait_for_hash(copied);) {
            const std::uint64_t length = std::min(copy_chunk, size - copied);
            copier.copy(copied, length);
            copied += length;
            race.set_copied(copied);
        }
    } catch (...) {
        race.fail(std::current_exception());
    }
}

/// Ends the copying thread before it goes out of scope, also when hashing fails.
class CopyThread {
  public:
    CopyThread(Copier& copier, std::uint64_t size, Race& race)
        : race_(race),
          thread_(core::start_thread([&copier, size, &race](const std::stop_token& /*stop*/) {
              copy_all(copier, size, race);
          })) {}

    CopyThread(const CopyThread&) = delete;
    CopyThread& operator=(const CopyThread&) = delete;
    CopyThread(CopyThread&&) = delete;
    CopyThread& operator=(CopyThread&&) = delete;

    ~CopyThread() {
        race_.stop();
        thread_.join();
    }

  private:
    Race& race_;
    std::jthread thread_;
};

/// False when a thread is not worth it, or there is none left.
bool start_copy(std::optional<CopyThread>& thread, Copier& copier, std::uint64_t size, Race& race) {
    if (size <= copy_chunk) {
        return false;
    }
    try {
        thread.emplace(copier, size, race);
        return true;
    } catch (const core::Error&) {
        return false;
    }
}

/// Hashes what stands in the copy, as read from its descriptor.
class ReadBack {
  public:
    ReadBack(const core::OutputFile& file, const std::function<void(std::uint64_t)>& advanced)
        : file_(file), advanced_(advanced) {}

    void hash_range(std::uint64_t offset, std::uint64_t end) {
        while (offset < end) {
            core::check_termination();
            const auto want = std::min<std::uint64_t>(buffer_.size(), end - offset);
            const ssize_t count =
                ::pread(file_.descriptor(), buffer_.data(), want, static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                throw core::system_error(
                    count < 0 ? errno : EIO,
                    core::concat("reading back ", core::in_quotes(file_.name())));
            }
            hash_.write(std::span(buffer_).first(static_cast<std::size_t>(count)));
            offset += static_cast<std::uint64_t>(count);
            advanced_(static_cast<std::uint64_t>(count));
        }
    }

    digest::Digest finish() { return hash_.finish(); }

  private:
    const core::OutputFile& file_;
    const std::function<void(std::uint64_t)>& advanced_;
    core::Bytes buffer_ = core::Bytes(hash_chunk);
    digest::Sha256 hash_;
};

}  // namespace

digest::Digest copy_and_hash(const core::RandomAccess& content,
                             const core::OutputFile& to,
                             const std::function<void(std::uint64_t)>& advanced) {
    const std::uint64_t size = content.size();
    ReadBack read_back(to, advanced);
    if (share_storage(content, to)) {
        read_back.hash_range(0, size);
        return read_back.finish();
    }
    to.reserve(size);
    Copier copier(content, to);
    Race race;
    std::optional<CopyThread> thread;
    if (!start_copy(thread, copier, size, race)) {
        copier.copy(0, size);
        read_back.hash_range(0, size);
        return read_back.finish();
    }
    for (std::uint64_t hashed = 0; hashed < size;) {
        const std::uint64_t copied = race.wait_for_copy(hashed);
        read_back.hash_range(hashed, copied);
        hashed = copied;
    }
    return read_back.finish();
}

}  // namespace modelseal::oci
