// A folder of blobs that processes share. Spec: OCI image-spec 1.1, image-layout.md.
#pragma once

#include "common/core/files/output_folder.hpp"
#include "common/core/time.hpp"
#include "common/oci/cache/blob_lock.hpp"
#include "common/oci/image_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::oci {

/// An image layout whose index is empty: blobs and manifests are found by their digests. When it
/// grows over its limit, those that were used the longest time ago go, but none that anybody is
/// using. What stands in it is not believed: whoever reads a blob compares it with its digest.
class BlobCache {
  public:
    /// Opens the cache at `path`, or makes one there. What killed processes left behind is removed
    /// when nobody is using the cache; the partial content of a blob stays for a week, for whoever
    /// needs that blob. Without `size_limit` (bytes) nothing is ever removed.
    /// `patience` is that of BlobLock, whose notice is given once. Errors: usage when `path` is a
    /// folder with other things in it, or a layout that lists artifacts; those of
    /// ImageLayout::open_or_create().
    BlobCache(const std::filesystem::path& path,
              std::optional<std::uint64_t> size_limit,
              const core::Clock& clock,
              BlobLock::Patience patience);

    /// Reads what the cache holds.
    [[nodiscard]] ImageLayout& content() noexcept { return *content_; }

    /// Keeps a blob in the cache as long as the result lives, and notes that it was used. Nothing
    /// when the cache does not have it. Waits while somebody writes it. Errors: those of BlobLock.
    [[nodiscard]] std::optional<BlobLock> hold(const digest::Digest& digest);

    /// Makes a verified file for the path in the folder, as fetch_file().
    using Fetch = std::function<core::OutputFile(core::OutputFolder&, const std::string& path)>;

    /// The same; what is not there is fetched, by one process for all that wait for it, and takes
    /// the place of what is no file. Nothing when there is no room for it. Errors: those of `fetch`
    /// and BlobLock; malformed (unsafe_path) when links or special files stand in the way.
    [[nodiscard]] std::optional<BlobLock> hold_or_fetch(const digest::Digest& digest,
                                                        std::uint64_t size,
                                                        const Fetch& fetch);

    /// Removes a blob that turned out to be damaged, when nobody uses it any more. Errors: denied,
    /// io.
    void discard(const digest::Digest& digest);

  private:
    struct Entry;

    void mark(const std::filesystem::path& path);
    [[nodiscard]] bool is_marked(const std::filesystem::path& path) const;
    void remove_leftovers(const core::Clock& clock) const;
    [[nodiscard]] bool has(const digest::Digest& digest) const;
    [[nodiscard]] bool make_room(std::uint64_t size, std::string_view id);
    [[nodiscard]] std::vector<Entry> entries_but(std::string_view id) const;
    void replace_file(std::string_view name, std::string_view bytes);

    core::OutputFolder folder_;
    std::optional<std::uint64_t> size_limit_;
    BlobLock::Patience patience_;
    std::unique_ptr<ImageLayout> content_;
};

}  // namespace modelseal::oci
