#include "common/artifact/existing_file.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

namespace modelseal::artifact {

namespace {

class CountedHash final : public core::ByteSink {
  public:
    explicit CountedHash(const core::Advance::Count& hashed) : hashed_(hashed) {}

    void write(std::span<const std::byte> bytes) override {
        hash_.write(bytes);
        if (hashed_) {
            hashed_(bytes.size());
        }
    }

    [[nodiscard]] digest::Digest finish() { return hash_.finish(); }

  private:
    const core::Advance::Count& hashed_;
    digest::Sha256 hash_;
};

}  // namespace

digest::Digest sha256_of(const core::File& file, const core::Advance::Count& hashed) {
    CountedHash hash(hashed);
    core::RangeSource source(file);
    core::copy(source, hash);
    file.check_unchanged();
    return hash.finish();
}

bool has_content(const core::Folder& folder,
                 std::string_view path,
                 std::uint64_t size,
                 const digest::Digest& content,
                 OldFiles old_files,
                 const core::Advance::Count& hashed) {
    const auto existing = folder.open_existing(path);
    if (!existing) {
        return false;
    }
    if (existing->size() == size && sha256_of(*existing, hashed) == content) {
        return true;
    }
    if (old_files == OldFiles::kept) {
        throw core::Error(
            core::ErrorKind::usage,
            core::Reason::file_exists,
            core::concat(core::in_quotes(path),
                         " exists with other content, and --keep-old-files is given"));
    }
    return false;
}

}  // namespace modelseal::artifact
