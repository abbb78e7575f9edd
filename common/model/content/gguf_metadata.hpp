// The metadata of a GGUF model: keys and where their texts stand. Values are stepped over.
// Spec: ggml docs/gguf.md, versions 2 and 3.
#pragma once

#include "common/core/stream.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace modelseal::model {

/// A value that is a text, as a range of the file.
struct GgufText {
    std::string key;  // "tokenizer.chat_template"
    std::uint64_t offset;
    std::uint64_t size;  // bytes
};

/// The texts among the values of `file`, in its order. Errors: malformed when it is no GGUF model
/// of version 2 or 3, is cut off within its metadata, has a value of an unknown type, an array of
/// arrays, a key twice, an empty one or one of over 1024 bytes, over 16 384 keys, or over 2^24
/// texts in arrays; those of reading.
[[nodiscard]] std::vector<GgufText> read_gguf_texts(const core::RandomAccess& file);

}  // namespace modelseal::model
