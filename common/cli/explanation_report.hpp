// What a verification looked at, as --explain tells it.
#pragma once

#include "common/cli/command.hpp"
#include "common/core/explanation.hpp"
#include "common/core/json.hpp"

#include <iosfwd>

namespace modelseal::cli {

/// --explain, for commands that verify. An error of such a command is explained as well. The text
/// is for standard error, which results do not go to; in JSON it is the report's own `explain`.
[[nodiscard]] const Option& explain_option();

/// Schema: schemas/explanation.schema.json.
[[nodiscard]] core::Json to_json(const core::Explanation& explanation);

/// A line for each candidate, and behind it one for each check, whatever stands in the evidence.
void print_explanation(std::ostream& out, const core::Explanation& explanation);

}  // namespace modelseal::cli
