// A failure as a machine reads it: what a command prints that was asked for its result as JSON.
#pragma once

#include "common/cli/command.hpp"
#include "common/core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace modelseal::cli {

/// Whether the words ask for --format json, in any spelling of the command's own option; decided
/// without parsing, because an error of parsing is reported as well.
[[nodiscard]] bool wants_json(const Command& command, const std::vector<std::string>& words);

/// The error's reason as docs/exit-codes.md lists it; the kind in capitals ("NOT_FOUND") where
/// there is nothing finer to say.
[[nodiscard]] std::string_view reason_text(const core::Error& error) noexcept;

/// {"reason": …, "message": …} and a newline, with `explain` if `explained`. Schema:
/// schemas/error.schema.json.
[[nodiscard]] std::string error_report(const core::Error& error, bool explained = false);

}  // namespace modelseal::cli
