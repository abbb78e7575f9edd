// How far a model is checked before it is signed, as an option.
#pragma once

#include "common/artifact/signing_check.hpp"
#include "common/cli/command.hpp"
#include "common/oci/manifest.hpp"
#include "common/oci/reference.hpp"

namespace modelseal::commands {

/// --check, for commands that sign.
[[nodiscard]] const cli::Option& check_level_option();

/// What --check says, else the default for `repository`. Errors: usage for another word.
[[nodiscard]] artifact::CheckLevel check_level(const cli::Arguments& arguments,
                                               const oci::Repository& repository);

}  // namespace modelseal::commands
