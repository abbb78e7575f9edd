// The names of shards, and the numbers in them.
// Spec: huggingface_hub, `serialization` (model-00001-of-00003.safetensors).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::model {

/// A name as "model-00001-of-00003.safetensors" taken apart.
struct ShardNumber {
    std::string stem;    // "model"
    std::string suffix;  // what stands between the numbers and ".safetensors"
    std::uint64_t number = 0;
    std::uint64_t count = 0;
};

/// Nothing for names without numbers.
[[nodiscard]] std::optional<ShardNumber> parse_shard_name(std::string_view name);

/// What is wrong with the name of a shard in an index; nothing when it is a plain file name.
[[nodiscard]] std::optional<std::string> why_no_shard_name(std::string_view name);

}  // namespace modelseal::model
