#include "common/artifact/existing_file.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

namespace modelseal::artifact {

digest::Digest sha256_of(const core::File& file) {
    digest::Sha256 hash;
    core::RangeSource source(file);
    core::copy(source, hash);
    file.check_unchanged();
    return hash.finish();
}

bool has_content(const core::Folder& folder,
                 std::string_view path,
                 std::uint64_t size,
                 const digest::Digest& content,
                 OldFiles old_files) {
    const auto existing = folder.open_existing(path);
    if (!existing) {
        return false;
    }
    if (existing->size() == size && sha256_of(*existing) == content) {
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
