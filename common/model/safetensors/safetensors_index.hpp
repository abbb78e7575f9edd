// The index of a sharded model: which tensor lies in which file.
// Spec: huggingface_hub, `serialization` (model.safetensors.index.json).
#pragma once

#include "common/core/stream.hpp"
#include "common/model/findings/finding.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

/// Bytes, keys and distinct file names that an index may have: a hundred times those of the largest
/// models. The numbers of shards have five digits.
inline constexpr std::uint64_t index_limit = std::uint64_t{32} << 20U;
inline constexpr std::size_t index_entry_limit = std::size_t{1} << 20U;
inline constexpr std::size_t index_file_limit = 99'999;

/// Which tensor is in which file; 12 bytes an entry beside the names.
struct SafetensorsIndex {
    static constexpr std::uint32_t no_file = 0xFFFF'FFFF;

    struct Entry {
        std::uint32_t name_begin = 0;  // in names
        std::uint32_t name_size = 0;
        std::uint32_t file = no_file;  // in files
    };

    std::string names;                        // of all tensors, one after the other
    std::vector<Entry> entries;               // the weight_map, sorted by the names of tensors
    std::vector<std::string> files;           // sorted
    std::optional<std::uint64_t> total_size;  // bytes of all tensors

    [[nodiscard]] std::string_view tensor_of(const Entry& entry) const noexcept {
        return std::string_view(names).substr(entry.name_begin, entry.name_size);
    }

    /// Only for an entry that has a file, as all of parse_index() have.
    [[nodiscard]] const std::string& file_of(const Entry& entry) const noexcept {
        return files[entry.file];
    }

    /// The entry of a tensor, null when there is none.
    [[nodiscard]] const Entry* find(std::string_view tensor) const noexcept;
};

/// Reads an index; nothing when it cannot be used. Every name that would leave the index's folder
/// is a finding: loaders join them unchecked, and no signature over the folder covers what they
/// then load. Read in pieces: memory is that of the names. Errors: those of reading.
[[nodiscard]] std::optional<SafetensorsIndex> parse_index(const core::RandomAccess& file,
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

}  // namespace modelseal::model
