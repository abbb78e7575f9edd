#include "common/model/model_sources.hpp"

#include "common/core/error.hpp"
#include "common/core/folder.hpp"
#include "common/core/text.hpp"
#include "common/model/check.hpp"

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

// Spec: OpenSSF Model Signing v1.0, default `ignore_paths`.
constexpr std::array<std::string_view, 5> left_out = {
    ".git", ".gitignore", ".gitattributes", ".github", ".modelseal"};

bool is_left_out(std::string_view path) {
    const std::string_view top = path.substr(0, path.find('/'));
    return std::find(left_out.begin(), left_out.end(), top) != left_out.end();
}

void allow_many_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        // A refusal shows when a file cannot be opened, with a better sentence.
        static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    }
}

std::optional<SourceProblem> problem_of(const core::FolderEntry& entry) {
    if (const auto unsafe = core::why_unsafe_path(entry.path)) {
        return SourceProblem{in_quotes(entry.path),
                             RuleId::path_unsafe,
                             concat("the name cannot be part of a model: ", *unsafe)};
    }
    switch (entry.kind) {
        case core::EntryKind::symbolic_link:
            return SourceProblem{
                entry.path,
                RuleId::path_symlink,
                "it is a symbolic link, whose target no signature covers; copy the file here"};
        case core::EntryKind::special:
            return SourceProblem{
                entry.path, RuleId::path_special, "it is a FIFO, socket or device"};
        case core::EntryKind::unreadable_folder:
            throw core::Error(core::ErrorKind::denied,
                              concat("the folder ", in_quotes(entry.path), " cannot be listed"));
        case core::EntryKind::file:
        case core::EntryKind::folder:
            break;
    }
    return std::nullopt;
}

void add_folder(const std::filesystem::path& path, ModelSources& sources) {
    const core::Folder folder = core::Folder::open(path);
    for (const core::FolderEntry& entry : folder.list()) {
        if (is_left_out(entry.path)) {
            continue;
        }
        if (auto problem = problem_of(entry)) {
            sources.problems.push_back(*std::move(problem));
            continue;
        }
        if (entry.kind != core::EntryKind::file) {
            continue;
        }
        auto file = folder.open_existing(entry.path);
        if (!file) {
            throw core::Error(core::ErrorKind::io,
                              core::Reason::changed_while_read,
                              concat(in_quotes(entry.path), " vanished while the folder was read"));
        }
        sources.files.push_back({entry.path, std::make_shared<const core::File>(*std::move(file))});
    }
}

}  // namespace

std::string name_in_model(const std::filesystem::path& path) {
    std::string given = path.lexically_normal().generic_string();
    return core::why_unsafe_path(given) ? path.filename().string() : given;
}

ModelSources open_sources(const std::vector<std::filesystem::path>& paths) {
    allow_many_open_files();
    ModelSources sources;
    for (const std::filesystem::path& path : paths) {
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored)) {
            add_folder(path, sources);
        } else {
            auto file = std::make_shared<const core::File>(core::File::open(path));
            sources.files.push_back({name_in_model(path), std::move(file)});
        }
    }
    return sources;
}

}  // namespace modelseal::model
