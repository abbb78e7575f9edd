// Tar archives, entry by entry in constant memory.
// Spec: POSIX.1-2017 pax interchange format, GNU tar extensions.
#pragma once

#include "common/core/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace modelseal::archive {

enum class EntryType {
    file,
    folder,
    symbolic_link,
    hard_link,
    other,  // a device, FIFO or anything else that no model holds
};

/// An entry as the archive states it: nothing in it has been checked for safety
/// (core::why_unsafe_path). A folder's path has no slash at its end.
struct TarEntry {
    std::string path;
    EntryType type = EntryType::other;
    std::uint64_t size = 0;   // bytes of content; 0 for anything but a file
    unsigned mode = 0;        // permission bits
    std::string link_target;  // of symbolic and hard links
};

struct TarLimits {
    std::size_t entries = 1'000'000;
    std::size_t path_length = 4096;  // bytes; also of a link's target
};

/// Reads an uncompressed archive (GunzipSource gives one) from front to back. Libarchive does the
/// parsing; of its many formats only tar is enabled, and no filter. What may follow the end of the
/// archive is not read.
/// Errors of all methods: malformed (limit_exceeded past a limit); those of the source.
class TarReader {
  public:
    /// `from` outlives this object.
    explicit TarReader(core::ByteSource& from, const TarLimits& limits = {});
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;
    TarReader(TarReader&&) = delete;
    TarReader& operator=(TarReader&&) = delete;
    ~TarReader();

    /// The next entry, nothing after the last one. What is left of the previous one's content is
    /// skipped.
    [[nodiscard]] std::optional<TarEntry> next();

    /// The content of the entry that next() just gave; holes of sparse files read as zeros. Valid
    /// until next() is called again. Reading it to the end gives exactly `size` bytes.
    [[nodiscard]] core::ByteSource& content() noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace modelseal::archive
