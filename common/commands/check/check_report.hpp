// The result of a check as text, JSON or GitHub annotations.
#pragma once

#include "common/model/check.hpp"
#include "common/model/model_record.hpp"

#include <iosfwd>

namespace modelseal::commands {

/// For a person: one line a file, what was found in it, and a verdict.
void print_text(std::ostream& out, const model::CheckedModel& model);

/// For a program (schemas/check-report.schema.json).
void print_json(std::ostream& out, const model::CheckedModel& model);

/// Workflow commands that GitHub shows at the files of a change.
/// Spec: GitHub Docs, "Workflow commands for GitHub Actions".
void print_github_annotations(std::ostream& out, const model::CheckedModel& model);

}  // namespace modelseal::commands
