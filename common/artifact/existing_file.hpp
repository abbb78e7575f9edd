// Files of an earlier pull, or of the user's, in the place of those that are pulled.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/files/folder.hpp"
#include "common/core/progress.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <string_view>

namespace modelseal::artifact {

/// What becomes of a file that has other content than the one that is pulled.
enum class OldFiles { replaced, kept };

/// Whether the file at `path` in `folder` has the content of that size and digest already. Its
/// bytes are hashed, never believed. Errors: usage when it has other content and old files are
/// kept; those of Folder::open_existing() and of reading. `hashed` is told of bytes as they are.
[[nodiscard]] bool has_content(const core::Folder& folder,
                               std::string_view path,
                               std::uint64_t size,
                               const digest::Digest& content,
                               OldFiles old_files,
                               const core::Advance::Count& hashed = {});

/// SHA-256 of the whole file. Errors: io, also when it changes meanwhile (changed_while_read).
[[nodiscard]] digest::Digest sha256_of(const core::File& file,
                                       const core::Advance::Count& hashed = {});

}  // namespace modelseal::artifact
