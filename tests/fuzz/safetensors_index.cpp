// fuzz: model
#include "common/model/safetensors/safetensors_index.hpp"

#include "common/core/bytes.hpp"
#include "common/core/files/file.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    const model::Allowances none;
    model::FindingCollector findings("model.safetensors.index.json", model::Policy::strict, none);
    const auto index = model::parse_index(core::as_text(input), findings);
    if (!index) {
        return;
    }
    for (const auto& [tensor, shard] : index->weight_map) {
        // Whoever joins an accepted name to a folder must stay in it.
        if (core::why_unsafe_path(shard) || shard.find('/') != std::string::npos) {
            std::abort();
        }
        static_cast<void>(model::parse_shard_name(shard));
    }
    const std::vector<model::Shard> shards = {
        {"model-00001-of-00002.safetensors", {"a", "b"}, 8, "pt", true}};
    model::check_index(*index, shards, findings);
}
