// The files around the blobs of an image layout, and who may write them.
// Spec: OCI image-spec 1.1, image-layout.md; docs/decisions/0001-layout-locking.md.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/files/folder.hpp"

#include <filesystem>
#include <string_view>

namespace modelseal::oci {

/// What makes a folder a layout.
namespace layout_marker {
inline constexpr std::string_view file = "oci-layout";
inline constexpr std::string_view content = R"({"imageLayoutVersion":"1.0.0"})";
}  // namespace layout_marker

/// Where blobs are written until their digest is known.
inline constexpr std::string_view ingest_folder = "ingest";

/// Errors: malformed when the marker cannot be read or is of another version; denied, io.
[[nodiscard]] bool is_layout(const core::Folder& folder);

/// Passes for a layout, and for a folder with no more in it than what an interrupted first push
/// leaves. `path` is where `folder` was opened. Errors: usage for somebody's other folder; as
/// is_layout().
void require_layout_or_nothing(const core::Folder& folder, const std::filesystem::path& path);

/// Made by itself and left, as oras does, so that no writer removes it under another one's hands.
/// Errors: denied, io.
void make_ingest_folder(const core::Folder& folder);

/// Held by a writer from before it reads index.json until after it replaced it. Waits for other
/// writers; the kernel releases it when its holder dies.
class WriterLock {
  public:
    /// Errors: denied, io.
    explicit WriterLock(const core::Folder& folder);

  private:
    core::FileDescriptor descriptor_;  // closing it releases the lock
};

}  // namespace modelseal::oci
