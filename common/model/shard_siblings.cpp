#include "common/model/shard_siblings.hpp"

#include "common/core/error.hpp"
#include "common/core/files/folder.hpp"
#include "common/core/text.hpp"
#include "common/model/check.hpp"
#include "common/model/safetensors/safetensors_index.hpp"
#include "common/model/safetensors/shard_name.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace modelseal::model {

namespace {

using core::concat;

constexpr std::string_view index_ending = ".safetensors.index.json";

/// The folder of a named file, on the disk and inside the model.
class Siblings {
  public:
    Siblings(const std::filesystem::path& given, ModelSources& sources)
        : folder_(core::Folder::open(given.has_parent_path() ? given.parent_path() : ".")),
          shown_folder_(given.parent_path()),
          sources_(sources) {
        const std::string name = name_in_model(given);
        prefix_ = name.substr(0, name.size() - given.filename().string().size());
        for (const core::FolderEntry& entry : folder_.list_here()) {
            (entry.kind == core::EntryKind::symbolic_link ? links_ : others_).insert(entry.path);
        }
    }

    /// The file of that name, opened at most once; null when there is none.
    std::shared_ptr<const core::File> add(const std::string& name) {
        const std::string path = concat(prefix_, name);
        const auto known = std::find_if(sources_.files.begin(),
                                        sources_.files.end(),
                                        [&](const SourceFile& file) { return file.path == path; });
        if (known != sources_.files.end()) {
            return known->file;
        }
        if (links_.erase(name) > 0) {
            sources_.problems.push_back(
                symbolic_link_problem(path, (shown_folder_ / name).string()));
        }
        auto opened = others_.contains(name) ? folder_.open_existing(name) : std::nullopt;
        if (!opened) {
            return nullptr;
        }
        auto file = std::make_shared<const core::File>(*std::move(opened));
        sources_.files.push_back({path, (shown_folder_ / name).string(), file});
        return file;
    }

    /// The shards that an index names, as far as it can be read; the check says what is wrong with
    /// it.
    void add_shards_of(const core::File& index) {
        const Allowances none;
        FindingCollector unheeded("", Policy::recommended, none);
        const auto parsed = parse_index(index, unheeded);
        if (!parsed) {
            return;
        }
        for (const std::string& name : parsed->files) {
            static_cast<void>(add(name));
        }
    }

  private:
    core::Folder folder_;
    std::filesystem::path shown_folder_;
    ModelSources& sources_;
    std::string prefix_;
    std::set<std::string, std::less<>> links_;
    std::set<std::string, std::less<>> others_;
};

/// The name that the index of `name` has; of an index, its own. Empty for what is neither.
std::string index_name_of(const std::string& name) {
    if (name.ends_with(index_ending)) {
        return name;
    }
    const auto shard = parse_shard_name(name);
    return shard ? concat(shard->stem, index_ending) : "";
}

}  // namespace

void add_siblings(const std::filesystem::path& given, ModelSources& sources) {
    const std::string index_name = index_name_of(given.filename().string());
    if (index_name.empty()) {
        return;
    }
    Siblings siblings(given, sources);
    if (const auto index = siblings.add(index_name)) {
        siblings.add_shards_of(*index);
    }
}

}  // namespace modelseal::model
