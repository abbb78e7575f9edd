#include "common/digest/file_hasher.hpp"

#include "common/core/error.hpp"
#include "common/core/parallel.hpp"
#include "common/core/text.hpp"
#include "common/digest/chunk_reader.hpp"
#include "common/digest/fsverity.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <thread>

namespace modelseal::digest {

namespace {

/// Keeps the buffers of all threads together under 40 MiB.
constexpr unsigned most_threads = 32;

/// Starting a thread costs more than it saves below this size.
constexpr std::uint64_t read_ahead_from = std::uint64_t{1} << 20U;

unsigned thread_count(const HashOptions& options) {
    const unsigned wanted =
        options.threads == 0 ? std::thread::hardware_concurrency() : options.threads;
    return std::clamp(wanted, 1U, most_threads);
}

/// Hands requests out to threads, largest first, and collects their digests.
class HashJob {
  public:
    HashJob(std::span<const HashRequest> requests,
            const HashOptions& options,
            core::Progress& progress)
        : requests_(requests),
          threads_(thread_count(options)),
          tree_(options.tree),
          progress_(progress),
          order_(requests.size()),
          digests_(requests.size()),
          unfinished_(requests.size()) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
            return requests[a].content->size() > requests[b].content->size();
        });
    }

    std::vector<ContentDigests> run() {
        for (const HashRequest& request : requests_) {
            progress_.expect(request.content->size());
        }
        core::parallel_for(order_.size(), threads_, [this](std::size_t turn) {
            const std::size_t index = order_[turn];
            digests_[index] = hash_or_stop_all(requests_[index]);
            --unfinished_;
        });
        std::vector<ContentDigests> digests;
        digests.reserve(digests_.size());
        for (const auto& digest : digests_) {
            digests.push_back(digest.value());
        }
        return digests;
    }

  private:
    std::optional<ContentDigests> hash_or_stop_all(const HashRequest& request) {
        try {
            return hash(request);
        } catch (...) {
            failed_ = true;
            throw;
        }
    }

    std::optional<ContentDigests> hash(const HashRequest& request) {
        const std::uint64_t expected = request.content->size();
        core::Task task(progress_, {.action = "hashing", .name = request.name, .size = expected});
        request.content->expect_one_pass();
        Sha256 sha256;
        FsVerity verity;
        const auto reader = make_reader(*request.content, verity);
        for (auto chunk = reader->next(); !chunk.empty(); chunk = reader->next()) {
            sha256.write(chunk);
            task.passed(chunk.size());
            if (failed_) {
                return std::nullopt;  // another file failed: nobody will ask for this digest
            }
        }
        if (sha256.count() != expected) {
            throw core::Error(core::ErrorKind::io,
                              core::Reason::changed_while_read,
                              core::concat(core::in_quotes(request.name),
                                           " ends at byte ",
                                           sha256.count(),
                                           " of ",
                                           expected,
                                           ": it was cut while it was read"));
        }
        const ContentDigests digests{
            sha256.finish(), tree_ ? std::optional(verity.finish()) : std::nullopt, expected};
        task.end("Hashed", digests.sha256.to_string());
        return digests;
    }

    /// A file reads ahead when there are cores that no file is left for.
    std::unique_ptr<ChunkReader> make_reader(const core::RandomAccess& content, FsVerity& verity) {
        ChunkVisitor visit = [](std::span<const std::byte>) {
        };
        if (tree_) {
            visit = [&verity](std::span<const std::byte> chunk) {
                verity.write(chunk);
            };
        }
        if (unfinished_ < threads_ && content.size() >= read_ahead_from) {
            try {
                return std::make_unique<ReadAheadReader>(content, visit);
            } catch (const core::Error&) {
                // There is no thread left for it: nothing has been read yet, and one is enough.
                return std::make_unique<DirectReader>(content, std::move(visit));
            }
        }
        return std::make_unique<DirectReader>(content, std::move(visit));
    }

    std::span<const HashRequest> requests_;
    unsigned threads_;
    bool tree_;
    core::Progress& progress_;
    std::vector<std::size_t> order_;
    std::vector<std::optional<ContentDigests>> digests_;  // each written by one thread
    std::atomic<std::size_t> unfinished_;
    std::atomic<bool> failed_ = false;
};

}  // namespace

std::vector<ContentDigests> hash_all(std::span<const HashRequest> requests,
                                     const HashOptions& options,
                                     core::Progress& progress) {
    return HashJob(requests, options, progress).run();
}

}  // namespace modelseal::digest
