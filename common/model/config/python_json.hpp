// JSON as Python's json module writes it, which is more than JSON.
#pragma once

#include <string>

namespace modelseal::model {

/// Overwrites each number of a JSON text with 0 and spaces, and so NaN and Infinity as well: Python
/// writes and reads those, and numbers that no double can hold. What is malformed stays malformed,
/// and every byte where it is. For readers that want no number.
void blank_numbers(std::string& text);

}  // namespace modelseal::model
