// Files by descriptor: opened once, read by position, replaced only when complete.
#pragma once

#include "common/core/file_descriptor.hpp"
#include "common/core/stream.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace modelseal::core {

/// Identity and state of an open file, to notice that it changed while it was read.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const FileStamp&) const = default;
};

/// An open regular file. What is validated and what is hashed is this one descriptor.
class File final : public RandomAccess {
  public:
    /// Opens for reading; never blocks on a FIFO, never follows a final symbolic link when
    /// `follow_links` is false. Errors: not_found, denied, io; malformed for anything but a regular
    /// file.
    [[nodiscard]] static File open(const std::filesystem::path& path, bool follow_links = true);

    /// Takes over a descriptor that is open for reading. Errors as for open().
    File(FileDescriptor descriptor, std::string shown_name);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

    [[nodiscard]] std::uint64_t size() const override { return stamp_.size; }

    [[nodiscard]] const FileStamp& stamp() const noexcept { return stamp_; }

    /// The room that the file takes on its file system, reserved room included. Errors: io.
    [[nodiscard]] std::uint64_t allocated_size() const;

    /// Reads at `offset` until `buffer` is full or the file ends; returns the number of bytes.
    /// Safe to call from several threads. Errors: io.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

    /// Has the kernel read further ahead. Only speed depends on it.
    void expect_one_pass() const noexcept override;

    /// Errors: io (changed_while_read) when stamp() is no longer true or bytes stand behind size().
    void check_unchanged() const;

  private:
    FileDescriptor descriptor_;
    std::string name_;
    FileStamp stamp_;
};

/// Writes to a descriptor that the caller keeps open. Errors: io.
class DescriptorSink final : public ByteSink {
  public:
    DescriptorSink(int descriptor, std::string shown_name)
        : descriptor_(descriptor), name_(std::move(shown_name)) {}

    void write(std::span<const std::byte> bytes) override;

  private:
    int descriptor_;
    std::string name_;
};

/// The whole of a small file. Errors: as File::open; malformed (limit_exceeded) past `limit` bytes.
[[nodiscard]] std::string read_small_file(const std::filesystem::path& path, std::uint64_t limit);

/// A name inside a folder: relative, '/'-separated, UTF-8, no empty, "." or ".." component, no
/// backslash, nothing that is not seen (controls, of the direction of writing too, no width), at
/// most 65 components of 255 bytes, 4096 bytes in all. Returns what is wrong, nothing when fine.
[[nodiscard]] std::optional<std::string> why_unsafe_path(std::string_view path);

}  // namespace modelseal::core
