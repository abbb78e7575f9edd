// A folder as a store of artifacts. Spec: OCI image-spec 1.1, image-layout.md.
//
// What oras, skopeo, crane and cosign wrote is read; what is written here, they read. Writers lock
// each other out by a lock on the file "index.json.lock" (docs/decisions/0001-layout-locking.md).
#pragma once

#include "common/core/files/output_folder.hpp"
#include "common/oci/layout_index.hpp"
#include "common/oci/layout_referrers.hpp"
#include "common/oci/store.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace modelseal::oci {

class ImageLayout final : public Store {
  public:
    /// Opens an existing layout for reading. Nothing in it is ever changed, it may be read-only.
    /// Errors: not_found when there is no layout, malformed, denied, io.
    [[nodiscard]] static std::unique_ptr<ImageLayout> open(const std::filesystem::path& path);

    /// Opens a layout for writing. A folder that is missing or empty becomes one when the first
    /// manifest is stored. Errors: usage when `path` is a folder with other things in it; malformed
    /// (unsafe_path) for a symbolic link, malformed, denied, io.
    [[nodiscard]] static std::unique_ptr<ImageLayout> open_or_create(
        const std::filesystem::path& path);

    [[nodiscard]] const Repository& repository() const noexcept override { return repository_; }

    [[nodiscard]] Descriptor resolve(const Tag& tag) override;
    [[nodiscard]] ManifestContent fetch_manifest(const digest::Digest& digest) override;
    void fetch_blob(const Descriptor& blob, core::ByteSink& to) override;
    void fetch_parts(const Descriptor& blob, BlobTarget& to) override;
    std::size_t read_blob_at(const Descriptor& blob,
                             std::uint64_t offset,
                             std::span<std::byte> buffer) override;

    /// Of the manifests in index.json, and of those that only lie among the blobs, as
    /// `cosign save` leaves signatures.
    [[nodiscard]] std::vector<Descriptor> referrers(const digest::Digest& subject) override;
    [[nodiscard]] std::vector<Tag> tags() override;

    /// A blob whose bytes do not have its digest counts as missing, so that it is replaced.
    [[nodiscard]] bool has_blob(const Descriptor& blob) override;
    digest::Digest push_blob(const core::RandomAccess& content,
                             const std::optional<digest::Digest>& expected,
                             const core::Advance& advance) override;
    Descriptor push_manifest(const MediaType& type,
                             std::string_view bytes,
                             const std::vector<Tag>& tags) override;

  private:
    ImageLayout(const std::filesystem::path& path, std::unique_ptr<core::OutputFolder> writable);
    ImageLayout(const std::filesystem::path& path, core::Folder readable);

    [[nodiscard]] const core::Folder& folder() const noexcept;
    [[nodiscard]] core::OutputFolder& writable_folder();
    [[nodiscard]] LayoutIndex read_index() const;
    [[nodiscard]] core::File open_blob(const Descriptor& blob) const;
    [[nodiscard]] bool is_intact(const core::File& file, const digest::Digest& digest);
    void replace_file(std::string_view name, std::string_view content);

    Repository repository_;
    std::unique_ptr<core::OutputFolder> writable_;  // one of these two
    std::unique_ptr<core::Folder> readable_;
    LayoutReferrers referrers_;
    std::mutex mutex_;                                  // guards intact_
    std::map<digest::Digest, core::FileStamp> intact_;  // blobs that were hashed, as they were
};

}  // namespace modelseal::oci
