// The JSON of an index as a SAX state machine: of the text only names are kept.
#pragma once

#include "common/model/safetensors/safetensors_index.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace modelseal::model {

/// An index as it was read, before its names are judged.
struct IndexContent {
    SafetensorsIndex index;
    bool has_weight_map = false;  // an object
    bool odd_total_size = false;  // metadata.total_size is there and no whole number

    /// Why the text is no strict JSON object, or is more than an index may be; and where.
    std::optional<std::string> failure;
    std::uint64_t failure_offset = 0;
};

/// Reads a file of at most index_limit bytes. As core::parse_json() it refuses duplicate keys,
/// invalid UTF-8, NUL, a byte order mark, what is nested too deep and trailing bytes.
/// Errors: those of reading.
[[nodiscard]] IndexContent read_index(const core::RandomAccess& file);

}  // namespace modelseal::model
