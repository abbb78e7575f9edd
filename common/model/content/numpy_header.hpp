// The header of a NumPy array in a file: one Python dictionary, read far more strictly than NumPy
// does, so that no two readers can see different types in it.
// Spec: NEP 1, "Format Specification", versions 1.0 to 3.0.
#pragma once

#include "common/model/content/content_kind.hpp"

#include <string_view>

namespace modelseal::model {

/// `head` begins with the signature and holds the whole header. Kind::numpy when descr is one plain
/// number or text type and descr, fortran_order and shape are there, each once, and nothing else;
/// Kind::numpy_object otherwise: what is not plain can be objects, which NumPy stores as pickles.
[[nodiscard]] Content judge_numpy(std::string_view head);

}  // namespace modelseal::model
