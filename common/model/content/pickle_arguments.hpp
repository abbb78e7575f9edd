// The text arguments of pickle's opcodes: which lines a pickle machine may go on behind.
// Spec: CPython 3.11 Modules/_pickle.c and Lib/pickle.py, which differ.
#pragma once

#include "common/model/content/byte_cursor.hpp"

namespace modelseal::model::pickle {

/// Whether int(), float() or strtol() could take it. The machine in C reads up to a NUL only, and
/// takes nothing at all for 0.
[[nodiscard]] bool can_be_number(const Line& line);

/// Whether it begins as text in quotes does.
[[nodiscard]] bool can_be_quoted(const Line& line);

/// Whether a module can have this name: any text is a name to Python, but no NUL and not nothing.
[[nodiscard]] bool can_be_module(const Line& line);

/// Whether it can be the name of a persistent object, which is ASCII.
[[nodiscard]] bool can_be_persistent_id(const Line& line);

}  // namespace modelseal::model::pickle
