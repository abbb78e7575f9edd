// The index of a sharded model: which tensor lies in which file.
// Spec: huggingface_hub, `serialization` (model.safetensors.index.json).
#pragma once

#include "common/model/findings/finding.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

struct SafetensorsIndex {
    std::map<std::string, std::string, std::less<>> weight_map;  // tensor → file name
    std::optional<std::uint64_t> total_size;                     // bytes of all tensors
};

/// Bytes that an index may have.
inline constexpr std::uint64_t index_limit = std::uint64_t{64} << 20U;

/// Reads an index; nothing when it cannot be used. Every name that would leave the index's folder
/// is a finding: loaders join them unchecked, and no signature over the folder covers what they
/// then load.
[[nodiscard]] std::optional<SafetensorsIndex> parse_index(std::string_view text,
                                                          FindingCollector& findings);

/// A safetensors file in the folder of an index.
struct Shard {
    std::string name;                  // without folder
    std::vector<std::string> tensors;  // sorted
    std::uint64_t data_length = 0;     // bytes
    std::string format;                // __metadata__.format; empty when it has none
    bool readable = false;             // false when its own header is broken
};

/// Compares an index with the shards beside it, in order of their names.
void check_index(const SafetensorsIndex& index,
                 std::span<const Shard> shards,
                 FindingCollector& findings);

/// A name as "model-00001-of-00003.safetensors" taken apart.
struct ShardNumber {
    std::string stem;    // "model"
    std::string suffix;  // what stands between the numbers and ".safetensors"
    std::uint64_t number = 0;
    std::uint64_t count = 0;
};

/// Nothing for names without numbers.
[[nodiscard]] std::optional<ShardNumber> parse_shard_name(std::string_view name);

}  // namespace modelseal::model
