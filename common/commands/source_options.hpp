// Where else than in its repository a command may find what it reads.
#pragma once

#include "common/commands/store_options.hpp"

#include <string_view>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --mirror.
[[nodiscard]] const std::vector<cli::Option>& source_options();

/// The same with a prefix, as prefixed_store_options().
[[nodiscard]] std::vector<cli::Option> prefixed_source_options(std::string_view prefix,
                                                               std::string_view which);

/// As open_store() with Access::read, through what source_options() say. What goes wrong with a
/// mirror is told on `environment.err`. Errors: also usage (a mirror of a layout, or one that is
/// none).
[[nodiscard]] OpenedStore open_source(cli::Environment& environment,
                                      const cli::Arguments& arguments,
                                      std::string_view reference,
                                      const StoreSide& side = {});

}  // namespace modelseal::commands
