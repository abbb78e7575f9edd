// The files that a check looks at, each opened once.
#pragma once

#include "common/core/files/file.hpp"
#include "common/model/findings/rules.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace modelseal::model {

struct SourceFile {
    std::string path;      // inside the model
    std::string location;  // where it was found, from where this process runs
    std::shared_ptr<const core::File> file;
};

/// A name in a folder that cannot be part of a model.
struct SourceProblem {
    std::string path;
    std::string location;
    RuleId rule;
    std::string message;
};

/// What is said about a symbolic link in a model.
[[nodiscard]] SourceProblem symbolic_link_problem(std::string path, std::string location);

struct ModelSources {
    std::vector<SourceFile> files;  // in the order of `paths`, folders byte-sorted
    std::vector<SourceProblem> problems;
    std::set<std::string> left_out;    // names at the top of the model that are never part of it
    std::set<std::string> unfinished;  // what killed pulls left in the folders
    std::optional<std::filesystem::path> folder{};  // the first one that was given
};

/// Opens everything under `paths`, named as check_paths() says, and with `siblings` what belongs to
/// the same sharded model beside files that are named one by one. Raises the soft limit of open
/// files, because all stay open. Errors: not_found, denied, io; malformed for a path that is
/// neither file nor folder.
[[nodiscard]] ModelSources open_sources(const std::vector<std::filesystem::path>& paths,
                                        bool siblings);

}  // namespace modelseal::model
