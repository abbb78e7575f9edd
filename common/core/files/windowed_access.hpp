// Random access in small steps to bytes that are expensive to ask for.
#pragma once

#include "common/core/stream.hpp"

#include <list>
#include <memory>
#include <mutex>

namespace modelseal::core {

/// The parts of contents that were read last, 8 MiB of them, whatever the number of contents.
class WindowPool {
  public:
    static constexpr std::uint64_t window_size = std::uint64_t{256} << 10U;
    static constexpr std::size_t windows_kept = 32;

    /// The bytes of `from` at `number` times the size of a window; fewer where it ends. `from` is
    /// told by its address. Errors: those of reading.
    [[nodiscard]] std::shared_ptr<const Bytes> get(const RandomAccess& from, std::uint64_t number);

  private:
    struct Window {
        const RandomAccess* from;
        std::uint64_t number;
        std::shared_ptr<const Bytes> bytes;
    };

    std::mutex mutex_;
    std::list<Window> windows_;  // the one used last comes first
};

/// Reads through a pool, so that a parser that goes on by a few bytes costs a registry one request
/// per window and not one per step. Larger reads pass through.
class WindowedAccess final : public RandomAccess {
  public:
    /// Both outlive this object.
    WindowedAccess(const RandomAccess& from, WindowPool& pool) noexcept
        : from_(from), pool_(pool) {}

    [[nodiscard]] std::uint64_t size() const override { return from_.size(); }

    /// Errors: those of reading.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

  private:
    const RandomAccess& from_;
    WindowPool& pool_;
};

}  // namespace modelseal::core
