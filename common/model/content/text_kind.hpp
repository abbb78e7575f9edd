// Kinds of text: what is configuration, what is documentation, what somebody will run.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"

#include <string_view>

namespace modelseal::model {

/// Whether head and tail (64 KiB each) are UTF-8 without control characters. `head` is the sample
/// of the beginning that the caller has read already. Errors: those of reading.
[[nodiscard]] bool is_text(const core::RandomAccess& file, std::string_view head);

/// Tells texts apart by name and by how they begin and end; `head` is the beginning, as above.
/// Errors: those of reading.
[[nodiscard]] Content identify_text(std::string_view path,
                                    std::string_view head,
                                    const core::RandomAccess& file);

}  // namespace modelseal::model
