// What belongs to files that are named one by one: the shards of an index, the index of a shard.
#pragma once

#include "common/model/model_sources.hpp"

#include <filesystem>

namespace modelseal::model {

/// Adds to `sources` what lies beside the file `given` and belongs to the same sharded model: the
/// shards that an index names; for a shard its index, with the other shards. What is there already
/// is not added twice; what is missing is for the check to find. Names are opened beneath the
/// folder; a symbolic link is a problem, as in a folder. Errors: denied, io.
void add_siblings(const std::filesystem::path& given, ModelSources& sources);

}  // namespace modelseal::model
