// Model formats that are one protobuf message: told apart by their fields, never decoded.
// Spec: Protocol Buffers "Encoding"; onnx.proto3, sentencepiece_model.proto, saved_model.proto.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::model {

/// onnx, sentencepiece or saved_model when the whole of `file` is such a message, field by field;
/// nothing otherwise. Reads the tags and skips the values. Errors: those of reading.
[[nodiscard]] std::optional<Kind> identify_protobuf(const core::RandomAccess& file);

/// Names of files that tensors of an ONNX model keep their values in, wherever in the model the
/// tensors are (subgraphs, functions, training), sorted, each once. Nothing when it has more fields
/// or levels than a model can have, or a message in it is broken. Errors: those of reading.
[[nodiscard]] std::optional<std::vector<std::string>> onnx_external_files(
    const core::RandomAccess& file);

}  // namespace modelseal::model
