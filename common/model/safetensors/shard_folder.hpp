// The shards and indexes of one folder, judged together.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/safetensors/safetensors.hpp"
#include "common/model/safetensors/safetensors_index.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace modelseal::model {

class ShardFolder {
  public:
    /// A safetensors file. All of them come before the first index.
    void add_shard(std::string name,
                   std::vector<std::string> tensors,
                   const std::optional<SafetensorsFacts>& facts);

    /// Reads an index and compares it with the shards. Errors: those of reading.
    void add_index(const std::string& name,
                   const core::RandomAccess& file,
                   FindingCollector& findings);

    struct FolderFinding {
        std::string name;
        RuleId rule;
        std::string message;
    };

    /// What only the folder as a whole shows: shards that no index names, and single files beside
    /// the index of the same model.
    [[nodiscard]] std::vector<FolderFinding> judge_together() const;

  private:
    [[nodiscard]] bool has_shard(const std::string& name) const;

    std::vector<Shard> shards_;
    std::vector<std::string> indexes_;
    std::set<std::string> listed_;
};

}  // namespace modelseal::model
