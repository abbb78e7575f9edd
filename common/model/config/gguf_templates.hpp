// Chat templates inside GGUF models.
// Spec: ggml docs/gguf.md, "tokenizer.chat_template".
#pragma once

#include "common/core/stream.hpp"
#include "common/model/findings/finding.hpp"

#include <cstdint>

namespace modelseal::model {

/// Bytes of a chat template that are looked through.
inline constexpr std::uint64_t template_limit = std::uint64_t{1} << 20U;

/// Judges each chat template in the metadata of `file`, as check_chat_template() does, and adds a
/// finding when the metadata cannot be read. Errors: those of reading.
void check_gguf_templates(const core::RandomAccess& file, FindingCollector& findings);

}  // namespace modelseal::model
