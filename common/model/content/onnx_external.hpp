// Files that an ONNX model keeps its weights in.
// Spec: onnx.proto3.
#pragma once

#include "common/core/stream.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::model {

/// Names of files that tensors of an ONNX model keep their values in, wherever in the model the
/// tensors are (subgraphs, functions, training), sorted, each once. Nothing when it has more fields
/// or levels than a model can have, or a message in it is broken. Errors: those of reading.
[[nodiscard]] std::optional<std::vector<std::string>> onnx_external_files(
    const core::RandomAccess& file);

}  // namespace modelseal::model
