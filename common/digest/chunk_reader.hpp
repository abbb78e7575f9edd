// One pass over a file's bytes, chunk by chunk, with or without a thread that reads ahead.
#pragma once

#include "common/core/stream.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>

namespace modelseal::digest {

/// Bytes in the order of the file, in buffers that the reader owns.
class ChunkReader {
  public:
    ChunkReader() = default;
    ChunkReader(const ChunkReader&) = delete;
    ChunkReader& operator=(const ChunkReader&) = delete;
    ChunkReader(ChunkReader&&) = delete;
    ChunkReader& operator=(ChunkReader&&) = delete;
    virtual ~ChunkReader() = default;

    /// The next chunk, valid until the next call; empty at the end. Errors: those of reading.
    [[nodiscard]] virtual std::span<const std::byte> next() = 0;
};

/// Called with each chunk before next() hands it out.
using ChunkVisitor = std::function<void(std::span<const std::byte>)>;

/// Reads when it is asked to.
class DirectReader final : public ChunkReader {
  public:
    /// `from` outlives this object.
    DirectReader(const core::RandomAccess& from, ChunkVisitor visit);

    [[nodiscard]] std::span<const std::byte> next() override;

  private:
    core::RangeSource source_;
    ChunkVisitor visit_;
    core::Bytes buffer_;
};

/// Reads ahead in a thread of its own, which also calls the visitor: two computations over the
/// same bytes, one in the visitor and one by the caller, then run on two cores.
class ReadAheadReader final : public ChunkReader {
  public:
    /// `from` outlives this object. Errors: those of core::start_thread().
    ReadAheadReader(const core::RandomAccess& from, ChunkVisitor visit);

    /// Does not wait for the rest of the file.
    ~ReadAheadReader() override = default;

    [[nodiscard]] std::span<const std::byte> next() override;

  private:
    static constexpr std::uint64_t slot_count = 4;
    /// When so few are left the thread is woken to fill the others: waking it for each one would
    /// cost the caller a system call and a switch per chunk.
    static constexpr std::uint64_t refill_at = slot_count / 2;

    struct Slot {
        core::Bytes buffer;
        std::size_t filled = 0;  // 0 marks the end
    };

    void read_all(const std::stop_token& stop);
    [[nodiscard]] bool wait_for_free_slot(const std::stop_token& stop);
    void publish();

    core::RangeSource source_;
    ChunkVisitor visit_;
    std::array<Slot, slot_count> slots_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable_any changed_;
    std::uint64_t published_ = 0;  // slots handed to the caller so far
    std::uint64_t returned_ = 0;   // slots that the caller is done with
    bool lent_ = false;            // the caller holds slot `returned_`
    std::exception_ptr failure_;

    std::jthread thread_;  // last: stopped and joined before anything above goes away
};

}  // namespace modelseal::digest
