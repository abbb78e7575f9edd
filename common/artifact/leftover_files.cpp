#include "common/artifact/leftover_files.hpp"

#include "common/core/text.hpp"
#include "common/seal/seal.hpp"

#include <set>
#include <string_view>

namespace modelseal::artifact {

std::vector<std::string> leftover_files(const core::Folder& folder,
                                        const std::vector<PulledFile>& pulled) {
    std::set<std::string_view> own;
    for (const PulledFile& file : pulled) {
        own.insert(file.path);
    }
    const std::string seal = core::concat(seal::folder_name, '/');
    std::vector<std::string> leftover;
    for (const core::FolderEntry& entry : folder.list()) {
        if (entry.kind != core::EntryKind::folder && !own.contains(entry.path) &&
            !entry.path.starts_with(seal)) {
            leftover.push_back(entry.path);
        }
    }
    return leftover;
}

}  // namespace modelseal::artifact
