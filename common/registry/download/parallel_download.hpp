// One blob over as many connections as make it faster.
#pragma once

#include "common/oci/blob_target.hpp"
#include "common/registry/download/blob_stream.hpp"
#include "common/registry/download/connection_budget.hpp"
#include "common/registry/download/connection_tuner.hpp"
#include "common/registry/download/range_plan.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace modelseal::registry {

/// Fetches what a target is missing. Begins with one connection; others join in, each with a part
/// of its own, when ConnectionTuner finds that they help. A connection that fails leaves its part
/// to the others; only when the last one fails does the download.
class ParallelDownload {
  public:
    /// All outlive this object.
    ParallelDownload(Client& client,
                     const Endpoint& endpoint,
                     const oci::Descriptor& blob,
                     oci::BlobTarget& to,
                     ConnectionBudget& budget);
    ParallelDownload(const ParallelDownload&) = delete;
    ParallelDownload& operator=(const ParallelDownload&) = delete;
    ParallelDownload(ParallelDownload&&) = delete;
    ParallelDownload& operator=(ParallelDownload&&) = delete;
    ~ParallelDownload();

    /// Returns when nothing is missing. Call once. Errors: those of BlobStream::receive().
    void run();

  private:
    class Part;
    using Clock = std::chrono::steady_clock;

    void work();
    [[nodiscard]] bool receive(core::ByteRange range);
    [[nodiscard]] std::optional<core::ByteRange> next_range();
    [[nodiscard]] bool leave_to_others(const core::Error& error);
    void fail(const std::exception_ptr& failure);
    void tune();
    void add_connections(std::size_t wanted);
    void connection_ended();
    void return_spare();
    [[nodiscard]] std::uint64_t left() const;

    BlobStream stream_;
    oci::BlobTarget& to_;
    ConnectionBudget& budget_;
    std::size_t borrowed_ = 0;  // from the budget

    std::mutex mutex_;  // guards what follows
    std::condition_variable ended_;
    RangePlan plan_;
    ConnectionTuner tuner_;
    std::set<Part*> parts_;    // those on their way
    std::size_t wanted_ = 1;   // connections
    std::size_t running_ = 0;  // threads at work
    bool may_grow_ = true;
    std::uint64_t moved_ = 0;
    std::uint64_t moved_before_ = 0;  // when the window that is being measured began
    Clock::time_point window_begun_;
    std::exception_ptr failure_;

    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace modelseal::registry
