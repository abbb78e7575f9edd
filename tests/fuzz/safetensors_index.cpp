// fuzz: model
#include "common/model/safetensors/safetensors_index.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/model/safetensors/shard_name.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

namespace {

/// Whether the reader that builds a document would take this text: nothing that is read in pieces
/// may be laxer.
bool is_strict_json(std::string_view text) {
    using namespace modelseal;
    try {
        return core::parse_json(text, {.size = model::index_limit, .depth = 8}).is_object();
    } catch (const core::Error&) {
        return false;
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    const model::Allowances none;
    model::FindingCollector findings("model.safetensors.index.json", model::Policy::strict, none);
    const auto index = model::parse_index(core::MemoryAccess(input), findings);
    if (!index) {
        return;
    }
    if (!is_strict_json(core::as_text(input))) {
        std::abort();
    }
    for (const std::string& shard : index->files) {
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
