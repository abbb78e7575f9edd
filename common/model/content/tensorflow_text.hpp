// Protobuf messages in their text form, as TensorFlow loads graphs from them.
// Spec: Protocol Buffers "Text Format".
#pragma once

#include <string_view>

namespace modelseal::model {

/// Whether a file of this name is read as protobuf in text form; `name` is lower-case.
[[nodiscard]] bool is_text_protobuf_name(std::string_view name);

/// Whether the names of its fields are those of a TensorFlow graph ("node" and "op", or
/// "meta_graphs"): words outside of strings and comments.
[[nodiscard]] bool is_tensorflow_graph(std::string_view text);

}  // namespace modelseal::model
