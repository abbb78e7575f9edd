// Names by which people and programs decide what a file is, whatever is in it.
#pragma once

#include "common/model/content/content_kind.hpp"

#include <optional>
#include <string_view>

namespace modelseal::model {

/// How to name in a sentence what TensorFlow loads.
inline constexpr std::string_view tensorflow_graph =
    "a TensorFlow graph, which can read and write files";

/// Kind::python, Kind::script or Kind::saved_model when `path` is a program's, in any case. A name
/// that is code only as text, as .pth of Python's site-packages, counts when `text` is set: PyTorch
/// gives it to checkpoints.
[[nodiscard]] std::optional<Content> identify_code_name(std::string_view path, bool text);

/// Names by which loaders take a file for JSON, or for a Jinja template; in any case.
[[nodiscard]] bool is_json_name(std::string_view path);
[[nodiscard]] bool is_template_name(std::string_view path);

/// Names by which people hand a file to what may read it as a pickle; in any case.
[[nodiscard]] bool is_pickle_name(std::string_view path);

/// The part behind the last '/'.
[[nodiscard]] std::string_view base_name(std::string_view path) noexcept;

}  // namespace modelseal::model
