#include "common/artifact/unpack.hpp"

#include "common/archive/gunzip_source.hpp"
#include "common/archive/tar_reader.hpp"
#include "common/core/case_folding.hpp"
#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/model_path.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <set>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

/// Gzip makes zeros a thousand times smaller, but no weights: an archive that grows more fills the
/// disk of whoever pulls it.
constexpr std::uint64_t growth_limit = 100;
constexpr std::uint64_t always_allowed = std::uint64_t{1} << 30U;  // bytes, however small it is

/// The bytes that one archive may still become.
class Budget {
  public:
    explicit Budget(std::uint64_t layer_size) noexcept
        : left_(layer_size >
                        (std::numeric_limits<std::uint64_t>::max() - always_allowed) / growth_limit
                    ? std::numeric_limits<std::uint64_t>::max()
                    : layer_size * growth_limit + always_allowed) {}

    /// Errors: malformed (limit_exceeded).
    void spend(std::uint64_t bytes) {
        if (bytes > left_) {
            throw Error(ErrorKind::malformed,
                        Reason::limit_exceeded,
                        core::concat("the archive grows to more than ",
                                     growth_limit,
                                     " times its size and ",
                                     core::human_size(always_allowed)));
        }
        left_ -= bytes;
    }

  private:
    std::uint64_t left_;
};

/// Hashes what is read through it.
class HashingSource final : public core::ByteSource {
  public:
    HashingSource(core::ByteSource& from, const Budget& budget) noexcept
        : from_(from), budget_(budget) {}

    std::size_t read(std::span<std::byte> buffer) override {
        core::check_termination();
        const std::size_t count = from_.read(buffer);
        budget_.spend(count);
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
    Budget budget_;  // of the stream, which sparse files make smaller than what is unpacked
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
    Unpacking(std::string_view own_path,
              core::OutputFolder& folder,
              OldFiles old_files,
              const Budget& budget)
        : own_path_(own_path), folder_(folder), old_files_(old_files), budget_(budget) {}

    void add(archive::TarReader& reader, const archive::TarEntry& entry) {
        check(entry);
        if (entry.type == archive::EntryType::folder) {
            return;  // folders appear with the files in them
        }
        budget_.spend(entry.size);  // before space is reserved for it
        core::OutputFile file = folder_.create_file(entry.path, entry.size);
        core::copy(reader.content(), file);
        if (!stands_already(entry, file)) {
            file.finish();
            files_.push_back(std::move(file));
        }
    }

    std::vector<core::OutputFile> take() { return std::move(files_); }

  private:
    [[nodiscard]] bool stands_already(const archive::TarEntry& entry,
                                      const core::OutputFile& unpacked) const {
        return folder_.open_existing(entry.path) &&
               has_content(
                   folder_, entry.path, entry.size, sha256_of(unpacked.reopen()), old_files_);
    }

    void check(const archive::TarEntry& entry) {
        if (const auto why = core::why_no_model_path(entry.path)) {
            refuse(entry, core::concat("has an unsafe name: ", *why));
        }
        if (entry.path != own_path_ && !entry.path.starts_with(core::concat(own_path_, '/'))) {
            refuse(entry, core::concat("lies outside ", core::in_quotes(own_path_)));
        }
        const std::string name = core::fold_case(entry.path);
        add_folder(entry, core::parent_of(name));
        if (entry.type == archive::EntryType::folder) {
            add_folder(entry, name);
            return;
        }
        if (entry.type != archive::EntryType::file) {
            refuse(entry, "is neither a file nor a folder; links and devices are not unpacked");
        }
        if (folder_names_.contains(name)) {
            refuse(entry, "is a file and a folder, letter case aside");
        }
        if (!file_names_.insert(name).second) {
            refuse(entry, "occurs twice, letter case aside");
        }
    }

    /// Notes that `name` and all above it are folders.
    void add_folder(const archive::TarEntry& entry, std::string_view name) {
        while (!name.empty() && !folder_names_.contains(name)) {
            if (file_names_.contains(name)) {
                refuse(entry, "lies in what is a file as well, letter case aside");
            }
            folder_names_.emplace(name);
            name = core::parent_of(name);
        }
    }

    std::string_view own_path_;
    core::OutputFolder& folder_;
    OldFiles old_files_;
    Budget budget_;
    std::set<std::string, std::less<>> file_names_;  // case folded
    std::set<std::string, std::less<>> folder_names_;
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
                                     core::OutputFolder& folder,
                                     OldFiles old_files) {
    return core::with_context(core::concat("unpacking ", core::in_quotes(layer.path)), [&] {
        core::RangeSource packed(archive);
        std::optional<archive::GunzipSource> unzipped;
        if (layer.packing == oci::Packing::tar_gzip) {
            unzipped.emplace(packed);
        }
        const Budget budget(archive.size());
        HashingSource content(unzipped ? static_cast<core::ByteSource&>(*unzipped)
                                       : static_cast<core::ByteSource&>(packed),
                              budget);
        archive::TarReader reader(content, {.entries = core::Folder::entry_limit});
        Unpacking unpacking(layer.path, folder, old_files, budget);
        while (const auto entry = reader.next()) {
            unpacking.add(reader, *entry);
        }
        check_content_digest(layer, content.finish());
        return unpacking.take();
    });
}

}  // namespace modelseal::artifact
