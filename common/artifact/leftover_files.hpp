// What a folder holds besides the model that was pulled into it.
#pragma once

#include "common/artifact/pull.hpp"
#include "common/core/files/folder.hpp"

#include <string>
#include <vector>

namespace modelseal::artifact {

/// Files, links and the like, relative to `folder`, that are none of `pulled` and not of the seal:
/// of an older model, usually. modelseal-verify refuses a folder that holds any.
/// Errors: those of core::Folder::list().
[[nodiscard]] std::vector<std::string> leftover_files(const core::Folder& folder,
                                                      const std::vector<PulledFile>& pulled);

}  // namespace modelseal::artifact
