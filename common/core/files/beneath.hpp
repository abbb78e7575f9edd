// Opening names inside a folder without ever leaving it: no symbolic link on the way, no "..", no
// magic link. Spec: openat2(2), RESOLVE_BENEATH.
#pragma once

#include "common/core/files/file.hpp"

#include <optional>
#include <string_view>

namespace modelseal::core {

/// Opens `path` beneath the open folder `folder` with the flags of open(2); O_CLOEXEC and
/// O_NOFOLLOW are added. Nothing when there is no such file. `mode` counts with O_CREAT only.
/// Errors: malformed (unsafe_path) for a path that is unsafe or runs through a symbolic link,
/// denied, io.
[[nodiscard]] std::optional<FileDescriptor> open_beneath(int folder,
                                                         std::string_view path,
                                                         int flags,
                                                         unsigned mode = 0);

/// The same for kernels and sandboxes without openat2: one component after the other, each opened
/// from its parent's descriptor and never through a link.
[[nodiscard]] std::optional<FileDescriptor> open_beneath_by_steps(int folder,
                                                                  std::string_view path,
                                                                  int flags,
                                                                  unsigned mode = 0);

/// Removes the file at `path`, or the empty folder; what does not exist is fine.
/// Errors: as open_beneath().
void remove_beneath(int folder, std::string_view path, bool is_folder = false);

/// The part before the last '/', "" when there is none, and the part after it.
[[nodiscard]] std::string_view parent_of(std::string_view path) noexcept;
[[nodiscard]] std::string_view name_of(std::string_view path) noexcept;

/// Errors: malformed (unsafe_path), with the reason of why_unsafe_path().
void require_safe_path(std::string_view path);

}  // namespace modelseal::core
