// Files that exist are replaced only when that is said.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"

#include <filesystem>
#include <string_view>

namespace modelseal::commands::cosign {

/// A row for a command's option table: --yes, as cosign spells it, or --force.
[[nodiscard]] const cli::Option& overwrite_option();

/// Asks on a terminal, else demands --yes, before something at `path` is lost. `unwritten` is what
/// is not written when the answer is no ("no key").
/// Errors: usage (file_exists).
void confirm_overwrite(cli::Environment& environment,
                       const cli::Arguments& arguments,
                       const std::filesystem::path& path,
                       std::string_view unwritten);

}  // namespace modelseal::commands::cosign
