// Which names a model's files may have, in an artifact and in a folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// What is wrong with `path` as the name of a model's file, nothing when it is fine:
/// why_unsafe_path(), or a component that begins with ".modelseal", letter case aside. Those are
/// the seal and the files in the making (temporary_file.hpp), which no model may bring along: they
/// would be taken for what they are not.
[[nodiscard]] std::optional<std::string> why_no_model_path(std::string_view path);

/// Whether `path` is, or lies in, what a writer of ours leaves when it is killed
/// (is_temporary_name()).
[[nodiscard]] bool is_unfinished_path(std::string_view path);

}  // namespace modelseal::core
