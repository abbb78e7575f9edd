#include "common/artifact/unpack.hpp"

#include "common/archive/gunzip_source.hpp"
#include "common/archive/tar_reader.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"

#include <optional>
#include <set>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

/// Hashes what is read through it.
class HashingSource final : public core::ByteSource {
  public:
    explicit HashingSource(core::ByteSource& from) noexcept : from_(from) {}

    std::size_t read(std::span<std::byte> buffer) override {
        const std::size_t count = from_.read(buffer);
        hash_.write(buffer.first(count));
        return count;
    }

    /// The digest of everything up to the end of the source, read or not.
    digest::Digest finish() {
        core::Bytes rest(std::size_t{64} << 10U);
        while (read(rest) != 0) {
        }
        return hash_.finish();
    }

  private:
    core::ByteSource& from_;
    digest::Sha256 hash_;
};

[[noreturn]] void refuse(const archive::TarEntry& entry, std::string_view why) {
    throw Error(ErrorKind::malformed,
                Reason::unsafe_path,
                core::concat("the archive's entry ", core::in_quotes(entry.path), ' ', why));
}

/// Unpacks one archive; every file stays under a temporary name.
class Unpacking {
  public:
    Unpacking(std::string_view own_path, core::OutputFolder& folder)
        : own_path_(own_path), folder_(folder) {}

    void add(archive::TarReader& reader, const archive::TarEntry& entry) {
        check(entry);
        if (entry.type == archive::EntryType::folder) {
            return;  // folders appear with the files in them
        }
        core::OutputFile file = folder_.create_file(entry.path, entry.size);
        core::copy(reader.content(), file);
        file.finish();
        files_.push_back(std::move(file));
    }

    std::vector<core::OutputFile> take() { return std::move(files_); }

  private:
    void check(const archive::TarEntry& entry) {
        if (const auto why = core::why_unsafe_path(entry.path)) {
            refuse(entry, core::concat("has an unsafe name: ", *why));
        }
        if (entry.path != own_path_ && !entry.path.starts_with(core::concat(own_path_, '/'))) {
            refuse(entry, core::concat("lies outside ", core::in_quotes(own_path_)));
        }
        if (entry.type == archive::EntryType::folder) {
            return;
        }
        if (entry.type != archive::EntryType::file) {
            refuse(entry, "is neither a file nor a folder; links and devices are not unpacked");
        }
        if (!seen_.insert(core::ascii_lower(entry.path)).second) {
            refuse(entry, "occurs twice, letter case aside");
        }
    }

    std::string_view own_path_;
    core::OutputFolder& folder_;
    std::set<std::string> seen_;
    std::vector<core::OutputFile> files_;
};

/// oras records the digest of the uncompressed archive as well.
void check_content_digest(const oci::ArtifactFile& layer, const digest::Digest& actual) {
    const auto stated = layer.layer.annotations.find(oci::annotation_keys::oras_content_digest);
    if (stated != layer.layer.annotations.end() &&
        digest::Digest::parse(stated->second) != actual) {
        throw Error(ErrorKind::mismatch,
                    Reason::digest_mismatch,
                    core::concat("the unpacked archive has the digest ",
                                 actual.to_string(),
                                 ", its layer states ",
                                 stated->second));
    }
}

}  // namespace

std::vector<core::OutputFile> unpack(const core::File& archive,
                                     const oci::ArtifactFile& layer,
                                     core::OutputFolder& folder) {
    return core::with_context(core::concat("unpacking ", core::in_quotes(layer.path)), [&] {
        core::RangeSource packed(archive);
        std::optional<archive::GunzipSource> unzipped;
        if (layer.packing == oci::Packing::tar_gzip) {
            unzipped.emplace(packed);
        }
        HashingSource content(unzipped ? static_cast<core::ByteSource&>(*unzipped)
                                       : static_cast<core::ByteSource&>(packed));
        archive::TarReader reader(content);
        Unpacking unpacking(layer.path, folder);
        while (const auto entry = reader.next()) {
            unpacking.add(reader, *entry);
        }
        check_content_digest(layer, content.finish());
        return unpacking.take();
    });
}

}  // namespace modelseal::artifact
