// What a sealed folder may hold besides the files that its manifest lists: nearly nothing.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace modelseal::seal {

/// A file that the sealed manifest lists.
struct SealedFile {
    std::string path;
    digest::Digest digest;
    std::uint64_t size = 0;
    bool operator==(const SealedFile&) const = default;
};

/// Compares names and kinds; bytes are verify_folder()'s matter. Every sealed file must be there as
/// a regular file. Anything else that is no folder is refused, because a model server may load it:
/// custom code, a second weight file. Exempt are the seal itself, an empty or unreadable
/// "lost+found" or ".snapshot" at the root (file systems make them), and what `allowed_extra` names
/// or what lies below such a name.
/// Returns one sentence for each exemption that was made.
/// Errors: mismatch (extra_file, missing_file, unsafe_path).
[[nodiscard]] std::vector<std::string> check_contents(std::span<const core::FolderEntry> entries,
                                                      std::span<const SealedFile> sealed,
                                                      std::span<const std::string> allowed_extra);

}  // namespace modelseal::seal
