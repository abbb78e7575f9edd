#include "common/model/model_sources.hpp"

#include "common/core/error.hpp"
#include "common/core/files/folder.hpp"
#include "common/core/files/model_path.hpp"
#include "common/core/text.hpp"
#include "common/model/check.hpp"
#include "common/model/shard_siblings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/resource.h>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

// Spec: OpenSSF Model Signing v1.0, default `ignore_paths`, at the top of a folder only: deeper,
// they are files like others, because the root covers them and nobody must hide code there.
constexpr std::array<std::string_view, 5> left_out = {
    ".git", ".gitignore", ".gitattributes", ".github", ".modelseal"};

std::string_view top_of(std::string_view path) {
    return path.substr(0, path.find('/'));
}

bool is_left_out(std::string_view path) {
    return std::find(left_out.begin(), left_out.end(), top_of(path)) != left_out.end();
}

void allow_many_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        // A refusal shows when a file cannot be opened, with a better sentence.
        static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    }
}

std::optional<SourceProblem> name_problem(std::string_view path, const std::string& location) {
    if (const auto unsafe = core::why_no_model_path(path)) {
        return SourceProblem{in_quotes(path),
                             location,
                             RuleId::path_unsafe,
                             concat("the name cannot be part of a model: ", *unsafe)};
    }
    return std::nullopt;
}

std::optional<SourceProblem> problem_of(const core::FolderEntry& entry, std::string location) {
    if (auto problem = name_problem(entry.path, location)) {
        return problem;
    }
    switch (entry.kind) {
        case core::EntryKind::symbolic_link:
            return symbolic_link_problem(entry.path, std::move(location));
        case core::EntryKind::special:
            return SourceProblem{entry.path,
                                 std::move(location),
                                 RuleId::path_special,
                                 "it is a FIFO, socket or device"};
        case core::EntryKind::unreadable_folder:
            throw core::Error(core::ErrorKind::denied,
                              concat("the folder ", in_quotes(location), " cannot be listed"));
        case core::EntryKind::file:
        case core::EntryKind::folder:
            break;
    }
    return std::nullopt;
}

/// Of one folder among other things: as a file is named, so that "model.safetensors 1_Pooling" are
/// the names that the folder around them has. The current folder adds nothing.
std::string prefix_of(const std::filesystem::path& path) {
    std::string given = path.lexically_normal().generic_string();
    if (given.ends_with('/')) {
        given.pop_back();
    }
    if (given == ".") {
        return "";
    }
    if (core::why_unsafe_path(given)) {
        std::error_code ignored;
        given = std::filesystem::weakly_canonical(given, ignored).filename().string();
    }
    return given + '/';
}

/// `prefix` is the folder's own name in the model with a '/', or empty.
void add_folder(const std::filesystem::path& path,
                const std::string& prefix,
                ModelSources& sources) {
    const core::Folder folder = core::Folder::open(path);
    for (core::FolderEntry entry : folder.list()) {
        const std::string below = std::exchange(entry.path, prefix + entry.path);
        if (is_left_out(entry.path)) {
            sources.left_out.emplace(top_of(entry.path));
            continue;
        }
        if (core::is_unfinished_path(entry.path)) {
            sources.unfinished.insert(entry.path);
            continue;
        }
        const std::string location = (path / below).string();
        if (auto problem = problem_of(entry, location)) {
            sources.problems.push_back(*std::move(problem));
            continue;
        }
        if (entry.kind != core::EntryKind::file) {
            continue;
        }
        auto file = folder.open_existing(below);
        if (!file) {
            throw core::Error(core::ErrorKind::io,
                              core::Reason::changed_while_read,
                              concat(in_quotes(location), " vanished while the folder was read"));
        }
        sources.files.push_back(
            {entry.path, location, std::make_shared<const core::File>(*std::move(file))});
    }
}

}  // namespace

std::string name_in_model(const std::filesystem::path& path) {
    std::string given = path.lexically_normal().generic_string();
    return core::why_unsafe_path(given) ? path.filename().string() : given;
}

SourceProblem symbolic_link_problem(std::string path, std::string location) {
    return {std::move(path),
            std::move(location),
            RuleId::path_symlink,
            "it is a symbolic link, whose target no signature covers; copy the file here"};
}

ModelSources open_sources(const std::vector<std::filesystem::path>& paths, bool siblings) {
    allow_many_open_files();
    ModelSources sources;
    std::vector<std::filesystem::path> single;
    for (const std::filesystem::path& path : paths) {
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored)) {
            add_folder(path, paths.size() == 1 ? "" : prefix_of(path), sources);
            sources.folder = sources.folder ? sources.folder : path;
        } else {
            auto file = std::make_shared<const core::File>(core::File::open(path));
            const std::string name = name_in_model(path);
            if (auto problem = name_problem(name, path.string())) {
                sources.problems.push_back(*std::move(problem));
                continue;
            }
            sources.files.push_back({name, path.string(), std::move(file)});
            single.push_back(path);
        }
    }
    for (const std::filesystem::path& path : single) {
        if (siblings) {
            add_siblings(path, sources);
        }
    }
    return sources;
}

}  // namespace modelseal::model
