// Where artifacts are kept, seen the same way whether it is a registry or a folder.
#pragma once

#include "common/core/progress.hpp"
#include "common/core/stream.hpp"
#include "common/oci/blob_target.hpp"
#include "common/oci/descriptor.hpp"
#include "common/oci/manifest.hpp"
#include "common/oci/reference.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::oci {

/// Bytes of a manifest or index with the descriptor that they were checked against.
struct ManifestContent {
    Descriptor descriptor;
    std::string bytes;
};

/// One repository. Every method may be called from several threads. Whatever is returned has been
/// checked against its digest and size; content that does not match is an error of kind `mismatch`
/// (digest_mismatch, size_mismatch).
/// Errors of all methods: not_found, denied, unavailable, io, malformed.
class Store {
  public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    Store(Store&&) = delete;
    Store& operator=(Store&&) = delete;
    virtual ~Store() = default;

    /// What the store is for: shown in messages and JSON output.
    [[nodiscard]] virtual const Repository& repository() const noexcept = 0;

    /// Whether push_blob() sends content of this size without asking first whether it is there,
    /// unless it is told the digest.
    [[nodiscard]] virtual bool sends_unasked(std::uint64_t /*size*/) const noexcept {
        return false;
    }

    // Reading

    /// What a tag points to now. Errors: no_such_tag.
    [[nodiscard]] virtual Descriptor resolve(const Tag& tag) = 0;

    /// A manifest or index by digest; at most manifest_size_limit bytes. Errors: not_found.
    [[nodiscard]] virtual ManifestContent fetch_manifest(const digest::Digest& digest) = 0;

    /// Writes the whole blob to `to`. An error after the last byte means that the bytes already
    /// written are wrong: the sink's owner must not use them.
    virtual void fetch_blob(const Descriptor& blob, core::ByteSink& to) = 0;

    /// Writes the bytes of the blob that `to` is missing, in any order and from several threads.
    /// They are not checked against the digest: that is for the owner of `to`. After an error, what
    /// was written stays and can be completed by another call.
    virtual void fetch_parts(const Descriptor& blob, BlobTarget& to) = 0;

    /// After fetch_blob() failed, or fetch_parts() gave what does not have the digest: turns away
    /// from where the bytes came from, for good. Returns whether to begin again from byte 0,
    /// because they will come from elsewhere.
    [[nodiscard]] virtual bool give_up_source(const Descriptor& /*blob*/) { return false; }

    /// Part of a blob, for reading a header without the weights. It cannot be checked against the
    /// digest: what is learnt from it is "header" evidence only. Returns the number of bytes.
    virtual std::size_t read_blob_at(const Descriptor& blob,
                                     std::uint64_t offset,
                                     std::span<std::byte> buffer) = 0;

    /// Every manifest whose subject is `subject`: the referrers API and the fallback tag, merged.
    /// Only a definite "no such thing" (404, or 400 on the API) counts as none.
    [[nodiscard]] virtual std::vector<Descriptor> referrers(const digest::Digest& subject) = 0;

    [[nodiscard]] virtual std::vector<Tag> tags() = 0;

    // Writing

    [[nodiscard]] virtual bool has_blob(const Descriptor& blob) = 0;

    /// Stores content and returns its digest. With `expected`, content that is there already is not
    /// sent again, and content that differs is refused (digest_mismatch). Without it the content is
    /// read once where the store allows it.
    virtual digest::Digest push_blob(const core::RandomAccess& content,
                                     const std::optional<digest::Digest>& expected,
                                     const core::Advance& advance) = 0;

    /// Stores a manifest or index by its digest, then points `tags` to it. When it has a subject it
    /// is listed as a referrer of it before this returns, also when others write at the same time.
    virtual Descriptor push_manifest(const MediaType& type,
                                     std::string_view bytes,
                                     const std::vector<Tag>& tags) = 0;
};

/// A small blob as text. Errors: as fetch_blob; malformed (limit_exceeded) when larger than
/// `limit`.
[[nodiscard]] std::string fetch_small_blob(Store& store,
                                           const Descriptor& blob,
                                           std::uint64_t limit);

/// What a tag points to now; nothing when there is no such tag. Errors: as Store::resolve(), but
/// no_such_tag and not_found.
[[nodiscard]] std::optional<Descriptor> find_tag(Store& store, const Tag& tag);

/// The manifest a reference means, resolving its tag once. A reference with several tags or none
/// and no digest is an error. Errors: usage, no_such_tag, not_found.
[[nodiscard]] ManifestContent fetch(Store& store, const Reference& reference);

/// A blob of a store as random access, over read_blob_at().
class BlobAccess final : public core::RandomAccess {
  public:
    BlobAccess(Store& store, Descriptor blob) : store_(store), blob_(std::move(blob)) {}

    [[nodiscard]] std::uint64_t size() const override { return blob_.size; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        return store_.read_blob_at(blob_, offset, buffer);
    }

  private:
    Store& store_;
    Descriptor blob_;
};

}  // namespace modelseal::oci
