// Containers that readers find elsewhere than by their first bytes: ZIP from the end, HDF5 behind a
// block of anything, tar by a checksum.
#pragma once

#include "common/core/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace modelseal::model {

/// Where the end record of a ZIP archive stands in `file`, if a ZIP reader would find entries by
/// it: readers search backwards from the end, so a ZIP can follow anything. Reads the last 128 KiB.
/// Errors: those of reading. Spec: APPNOTE.TXT 6.3.10, 4.3.14 to 4.3.16.
[[nodiscard]] std::optional<std::uint64_t> find_zip_directory(const core::RandomAccess& file);

/// Where the superblock of an HDF5 file stands: at byte 0, 512 or any doubling of that.
/// Errors: those of reading. Spec: HDF5 File Format 3.0, II.A "Superblock".
[[nodiscard]] std::optional<std::uint64_t> find_hdf5_superblock(const core::RandomAccess& file);

/// Bytes of the header of a tar entry.
inline constexpr std::size_t tar_header_size = 512;

/// Whether the first tar_header_size bytes are the header of a tar entry, by their checksum: only
/// newer dialects have a signature. Spec: POSIX.1-1988 10.1.1; read as leniently as Python's
/// tarfile does.
[[nodiscard]] bool is_tar_header(std::span<const std::byte> head) noexcept;

}  // namespace modelseal::model
