// Texts that begin with a tag: XML that engines act upon, images that can hold scripts, and texts
// that only look like it.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"

#include <optional>
#include <string_view>

namespace modelseal::model {

/// What `file` is when its text is markup; nothing when it is not, or when `name` is that of a text
/// in which a tag means nothing: a vocabulary ("<unk>"), a Markdown page. A byte order mark, white
/// space, comments, instructions and a document type before the first element are skipped. `head`
/// is the beginning of the file, `name` its lower-case name. Errors: those of reading.
[[nodiscard]] std::optional<Content> identify_markup(std::string_view name,
                                                     std::string_view head,
                                                     const core::RandomAccess& file);

}  // namespace modelseal::model
