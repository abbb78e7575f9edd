// Model formats that are one protobuf message: told apart by their fields, never decoded.
// Spec: onnx.proto3, sentencepiece_model.proto; TensorFlow's saved_model.proto, meta_graph.proto,
// graph.proto.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"

#include <optional>

namespace modelseal::model {

/// onnx, sentencepiece or saved_model when the whole of `file` is such a message, field by field;
/// nothing otherwise. saved_model is said of all that TensorFlow could load as a SavedModel or as a
/// graph, whatever other fields it has; the others are judged strictly. Reads the tags and skips
/// the values. Errors: those of reading.
[[nodiscard]] std::optional<Kind> identify_protobuf(const core::RandomAccess& file);

}  // namespace modelseal::model
