#include "common/model/safetensors/shard_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/model/safetensors/shard_name.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace modelseal::model {

namespace {
using core::concat;
using core::in_quotes;

constexpr std::string_view index_ending = ".index.json";
}  // namespace

void ShardFolder::add_shard(std::string name,
                            std::vector<std::string> tensors,
                            const std::optional<SafetensorsFacts>& facts) {
    Shard shard{std::move(name), std::move(tensors), 0, "", facts.has_value()};
    if (facts) {
        shard.data_length = facts->data_length;
        const auto format = facts->metadata.find("format");
        shard.format = format == facts->metadata.end() ? "" : format->second;
    }
    shards_.push_back(std::move(shard));
}

void ShardFolder::add_index(const std::string& name,
                            const core::RandomAccess& file,
                            FindingCollector& findings) {
    indexes_.push_back(name);
    const auto index = parse_index(file, findings);
    if (!index) {
        return;
    }
    check_index(*index, shards_, findings);
    listed_.insert(index->files.begin(), index->files.end());
}

bool ShardFolder::has_shard(const std::string& name) const {
    return std::any_of(
        shards_.begin(), shards_.end(), [&](const Shard& shard) { return shard.name == name; });
}

std::vector<ShardFolder::FolderFinding> ShardFolder::judge_together() const {
    std::vector<FolderFinding> findings;
    for (const Shard& shard : shards_) {
        if (!parse_shard_name(shard.name) || listed_.contains(shard.name)) {
            continue;
        }
        if (indexes_.empty()) {
            findings.push_back({shard.name,
                                RuleId::index_absent,
                                "it is one of several shards, but their index is not there"});
        } else {
            findings.push_back(
                {shard.name, RuleId::index_shard_orphan, "no index beside it names this shard"});
        }
    }
    for (const std::string& index : indexes_) {
        const std::string single = index.substr(0, index.size() - index_ending.size());
        if (has_shard(single) && !listed_.contains(single)) {
            findings.push_back({index,
                                RuleId::index_two_models,
                                concat(in_quotes(single),
                                       " lies beside it: loaders read that file and ignore the "
                                       "index")});
        }
    }
    return findings;
}

}  // namespace modelseal::model
