#include "common/oci/image_layout.hpp"

#include "common/core/error.hpp"
#include "common/core/files/replace_folder.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/digest/verifying_sink.hpp"
#include "common/oci/blob_copy.hpp"
#include "common/oci/layout_folder.hpp"

namespace modelseal::oci {

namespace {

namespace fs = std::filesystem;
using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::size_t copy_buffer_size = std::size_t{1} << 20U;
constexpr std::string_view index_file = "index.json";
constexpr std::string_view blob_folder = "blobs/sha256";
constexpr unsigned blob_mode = 0444;  // as oras: blobs never change

std::string blob_path(const digest::Digest& digest) {
    return concat(blob_folder, '/', digest.hex());
}

digest::Digest hash_of(const core::File& file) {
    core::RangeSource source(file);
    digest::Sha256 hash;
    core::copy(source, hash);
    return hash.finish();
}

Error missing_blob(const Repository& layout, const digest::Digest& digest) {
    return {
        ErrorKind::not_found,
        concat("the layout ", in_quotes(layout.to_string()), " has no blob ", digest.to_string())};
}

Error damaged_blob(const Repository& layout, const digest::Digest& digest) {
    return {ErrorKind::mismatch,
            core::Reason::digest_mismatch,
            concat("the bytes of the blob ",
                   digest.to_string(),
                   " in the layout ",
                   in_quotes(layout.to_string()),
                   " do not have that digest")};
}

/// The three fields that every store can give.
Descriptor plain(const Descriptor& descriptor) {
    return {
        .media_type = descriptor.media_type, .digest = descriptor.digest, .size = descriptor.size};
}

void read_range(const core::File& file, core::ByteRange range, BlobTarget& to) {
    if (range.empty()) {
        return;
    }
    core::Bytes buffer(copy_buffer_size);
    core::RangeSource source(file, range.first, range.size());
    while (const std::size_t count = source.read(buffer)) {
        core::check_termination();
        to.write_at(range.first, std::span(buffer).first(count));
        range.first += count;
    }
}

}  // namespace

std::unique_ptr<ImageLayout> ImageLayout::open(const fs::path& path) {
    core::Folder folder = core::Folder::open(path);
    if (!is_layout(folder)) {
        throw Error(ErrorKind::not_found,
                    concat(in_quotes(path.string()),
                           " is not an image layout: it has no file ",
                           in_quotes(layout_marker::file)));
    }
    return std::unique_ptr<ImageLayout>(new ImageLayout(path, std::move(folder)));
}

std::unique_ptr<ImageLayout> ImageLayout::open_or_create(const fs::path& path) {
    // An OutputFolder does not move, so make_unique() cannot take one over.
    std::unique_ptr<core::OutputFolder> folder(
        new core::OutputFolder(core::OutputFolder::open_or_create(path)));
    require_layout_or_nothing(*folder, path);
    core::remove_stale_temporaries(*folder);
    if (const auto ingest = folder->open_folder(ingest_folder)) {
        core::remove_stale_temporaries(*ingest);
    }
    return std::unique_ptr<ImageLayout>(new ImageLayout(path, std::move(folder)));
}

ImageLayout::ImageLayout(const fs::path& path, std::unique_ptr<core::OutputFolder> writable)
    : repository_{.registry = {}, .name = {}, .layout = path},
      writable_(std::move(writable)),
      referrers_(*writable_) {}

ImageLayout::ImageLayout(const fs::path& path, core::Folder readable)
    : repository_{.registry = {}, .name = {}, .layout = path},
      readable_(std::make_unique<core::Folder>(std::move(readable))),
      referrers_(*readable_) {}

const core::Folder& ImageLayout::folder() const noexcept {
    return writable_ ? *writable_ : *readable_;
}

core::OutputFolder& ImageLayout::writable_folder() {
    if (!writable_) {
        throw Error(ErrorKind::internal, "a layout that was opened for reading is written to");
    }
    return *writable_;
}

LayoutIndex ImageLayout::read_index() const {
    return core::with_context(
        concat("reading ", in_quotes((repository_.layout / index_file).string())), [&] {
            const auto bytes = folder().read_small(index_file, LayoutIndex::size_limit);
            return bytes ? LayoutIndex::parse(*bytes) : LayoutIndex();
        });
}

Descriptor ImageLayout::resolve(const Tag& tag) {
    const auto found = read_index().find(tag);
    if (!found) {
        throw Error(ErrorKind::no_such_tag,
                    concat("the layout ",
                           in_quotes(repository_.to_string()),
                           " has no tag ",
                           in_quotes(tag.to_string())));
    }
    return plain(*found);
}

std::vector<Tag> ImageLayout::tags() {
    return read_index().tags();
}

ManifestContent ImageLayout::fetch_manifest(const digest::Digest& digest) {
    auto bytes = folder().read_small(blob_path(digest), manifest_size_limit);
    if (!bytes) {
        throw missing_blob(repository_, digest);
    }
    if (digest::sha256_of(core::as_bytes(*bytes)) != digest) {
        throw damaged_blob(repository_, digest);
    }
    const MediaType type = media_type_of(*bytes);
    return {{.media_type = type, .digest = digest, .size = bytes->size()}, std::move(*bytes)};
}

core::File ImageLayout::open_blob(const Descriptor& blob) const {
    auto file = folder().open_existing(blob_path(blob.digest));
    if (!file) {
        throw missing_blob(repository_, blob.digest);
    }
    if (file->size() != blob.size) {
        throw Error(ErrorKind::mismatch,
                    core::Reason::size_mismatch,
                    concat("the blob ",
                           blob.digest.to_string(),
                           " has ",
                           file->size(),
                           " bytes in the layout ",
                           in_quotes(repository_.to_string()),
                           ", not ",
                           blob.size));
    }
    return std::move(*file);
}

void ImageLayout::fetch_blob(const Descriptor& blob, core::ByteSink& to) {
    const core::File file = open_blob(blob);
    core::with_context(concat("reading ", in_quotes(file.name())), [&] {
        digest::VerifyingSink verifying(to, blob.digest, blob.size);
        core::RangeSource source(file);
        core::copy(source, verifying);
        verifying.finish();
    });
}

void ImageLayout::fetch_parts(const Descriptor& blob, BlobTarget& to) {
    const core::File file = open_blob(blob);
    core::with_context(concat("reading ", in_quotes(file.name())), [&] {
        for (core::ByteRange range : to.missing()) {
            while (const std::uint64_t count = to.take_from(file, range)) {
                core::check_termination();
                range.first += count;
            }
            read_range(file, range, to);
        }
    });
}

std::size_t ImageLayout::read_blob_at(const Descriptor& blob,
                                      std::uint64_t offset,
                                      std::span<std::byte> buffer) {
    return open_blob(blob).read_at(offset, buffer);
}

std::vector<Descriptor> ImageLayout::referrers(const digest::Digest& subject) {
    return referrers_.of(subject);
}

bool ImageLayout::is_intact(const core::File& file, const digest::Digest& digest) {
    {
        const std::lock_guard lock(mutex_);
        const auto known = intact_.find(digest);
        if (known != intact_.end() && known->second == file.stamp()) {
            return true;
        }
    }
    if (hash_of(file) != digest) {
        return false;
    }
    // Another writer of the same blob may have replaced the file meanwhile, which is no change of
    // its bytes; a file with other bytes has another stamp and is hashed again.
    const std::lock_guard lock(mutex_);
    intact_.insert_or_assign(digest, file.stamp());
    return true;
}

bool ImageLayout::has_blob(const Descriptor& blob) {
    const auto file = folder().open_existing(blob_path(blob.digest));
    return file && file->size() == blob.size && is_intact(*file, blob.digest);
}

digest::Digest ImageLayout::push_blob(const core::RandomAccess& content,
                                      const std::optional<digest::Digest>& expected,
                                      const core::Advance& advance) {
    if (expected) {
        const auto file = folder().open_existing(blob_path(*expected));
        if (file && file->size() == content.size() && is_intact(*file, *expected)) {
            advance.present(content.size());
            return *expected;
        }
    }
    make_ingest_folder(writable_folder());
    core::OutputFile copy = writable_folder().create_file(concat(ingest_folder, "/blob"));
    const digest::Digest digest = copy_and_hash(content, copy, advance.passed);
    if (expected && digest != *expected) {
        throw Error(ErrorKind::mismatch,
                    core::Reason::digest_mismatch,
                    concat("the content has the digest ",
                           digest.to_string(),
                           ", not ",
                           expected->to_string()));
    }
    writable_folder().commit_as(copy, blob_path(digest), blob_mode);
    return digest;
}

Descriptor ImageLayout::push_manifest(const MediaType& type,
                                      std::string_view bytes,
                                      const std::vector<Tag>& tags) {
    const ManifestSummary summary = summarize(bytes);
    if (summary.descriptor.media_type != type) {
        throw Error(ErrorKind::malformed,
                    concat("a manifest of the media type ",
                           summary.descriptor.media_type.to_string(),
                           " is stored as ",
                           type.to_string()));
    }
    push_blob(core::MemoryAccess(core::as_bytes(bytes)), summary.descriptor.digest, {});
    const WriterLock lock(writable_folder());
    if (!is_layout(folder())) {
        replace_file(layout_marker::file, layout_marker::content);
    }
    LayoutIndex index = read_index();
    index.add(summary.descriptor, tags);
    replace_file(index_file, index.to_bytes());
    return plain(summary.descriptor);
}

void ImageLayout::replace_file(std::string_view name, std::string_view content) {
    core::OutputFile file = writable_folder().create_file(name);
    file.write(core::as_bytes(content));
    file.commit();
}

}  // namespace modelseal::oci
