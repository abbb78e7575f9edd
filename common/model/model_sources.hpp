// The files that a check looks at, each opened once.
#pragma once

#include "common/core/file.hpp"
#include "common/model/rules.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace modelseal::model {

struct SourceFile {
    std::string path;  // inside the model
    std::shared_ptr<const core::File> file;
};

/// A name in a folder that cannot be part of a model.
struct SourceProblem {
    std::string path;
    RuleId rule;
    std::string message;
};

struct ModelSources {
    std::vector<SourceFile> files;  // in the order of `paths`, folders byte-sorted
    std::vector<SourceProblem> problems;
};

/// Opens everything under `paths`. Raises the soft limit of open files, because all stay open.
/// Errors: not_found, denied, io; malformed for a path that is neither file nor folder.
[[nodiscard]] ModelSources open_sources(const std::vector<std::filesystem::path>& paths);

}  // namespace modelseal::model
