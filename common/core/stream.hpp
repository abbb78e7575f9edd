// Where bytes come from and where they go. Models are never whole in memory: they flow through
// these.
#pragma once

#include "common/core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace modelseal::core {

class ByteSource {
  public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    ByteSource(ByteSource&&) = delete;
    ByteSource& operator=(ByteSource&&) = delete;
    virtual ~ByteSource() = default;

    /// Reads up to `buffer.size()` bytes and returns how many; 0 means the end, and only that.
    virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

/// Bytes that can be read in any order and by several threads: a file, memory, a remote blob.
class RandomAccess {
  public:
    RandomAccess() = default;
    RandomAccess(const RandomAccess&) = delete;
    RandomAccess& operator=(const RandomAccess&) = delete;
    virtual ~RandomAccess() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;

    /// Reads at `offset` until `buffer` is full or the end is reached; returns the number of bytes.
    virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const = 0;

    /// A hint that everything will be read from front to back.
    virtual void expect_one_pass() const noexcept {}

  protected:
    RandomAccess(RandomAccess&&) noexcept = default;
    RandomAccess& operator=(RandomAccess&&) noexcept = default;
};

/// Random access to memory that the caller keeps alive.
class MemoryAccess final : public RandomAccess {
  public:
    explicit MemoryAccess(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

  private:
    std::span<const std::byte> bytes_;
};

/// A part of other content, which outlives it: `length` bytes from `offset` on.
class RangeAccess final : public RandomAccess {
  public:
    RangeAccess(const RandomAccess& from, std::uint64_t offset, std::uint64_t length) noexcept
        : from_(from), offset_(offset), length_(length) {}

    [[nodiscard]] std::uint64_t size() const override { return length_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

  private:
    const RandomAccess& from_;
    std::uint64_t offset_;
    std::uint64_t length_;
};

class ByteSink {
  public:
    ByteSink() = default;
    ByteSink(const ByteSink&) = delete;
    ByteSink& operator=(const ByteSink&) = delete;
    ByteSink(ByteSink&&) = delete;
    ByteSink& operator=(ByteSink&&) = delete;
    virtual ~ByteSink() = default;

    /// Takes all bytes or throws.
    virtual void write(std::span<const std::byte> bytes) = 0;
};

/// Reads from memory that the caller keeps alive.
class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(std::span<const std::byte> bytes) noexcept : rest_(bytes) {}

    std::size_t read(std::span<std::byte> buffer) override;

  private:
    std::span<const std::byte> rest_;
};

/// Reads a RandomAccess from `offset` on, `length` bytes or to its end.
class RangeSource final : public ByteSource {
  public:
    explicit RangeSource(const RandomAccess& from, std::uint64_t offset = 0);

    RangeSource(const RandomAccess& from, std::uint64_t offset, std::uint64_t length) noexcept
        : from_(from), offset_(offset), end_(offset + length) {}

    std::size_t read(std::span<std::byte> buffer) override;

  private:
    const RandomAccess& from_;
    std::uint64_t offset_;
    std::uint64_t end_;
};

/// Collects text up to a limit. Errors: malformed (limit_exceeded) past it.
class StringSink final : public ByteSink {
  public:
    explicit StringSink(std::uint64_t limit) noexcept : limit_(limit) {}

    void write(std::span<const std::byte> bytes) override;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

  private:
    std::uint64_t limit_;
    std::string text_;
};

/// Gives every byte to each of its sinks, in order.
class TeeSink final : public ByteSink {
  public:
    explicit TeeSink(std::vector<ByteSink*> sinks) : sinks_(std::move(sinks)) {}

    void write(std::span<const std::byte> bytes) override;

  private:
    std::vector<ByteSink*> sinks_;
};

/// Copies until the end and returns the number of bytes. Reads 1 MiB at a time.
/// Errors: also those of check_termination().
std::uint64_t copy(ByteSource& from, ByteSink& to);

/// Reads everything; more than `limit` bytes is an error. Errors: malformed (limit_exceeded).
[[nodiscard]] std::string read_all(ByteSource& from, std::uint64_t limit);

}  // namespace modelseal::core
