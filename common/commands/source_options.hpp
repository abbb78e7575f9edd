// Where else than in its repository a command may find what it reads.
#pragma once

#include "common/commands/store_options.hpp"
#include "common/core/progress.hpp"

#include <string_view>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --mirror, --cache, --cache-size.
[[nodiscard]] const std::vector<cli::Option>& source_options();

/// The same with a prefix, as prefixed_store_options().
[[nodiscard]] std::vector<cli::Option> prefixed_source_options(std::string_view prefix,
                                                               std::string_view which);

/// As open_store() with Access::read, through what source_options(), MODELSEAL_CACHE and
/// MODELSEAL_CACHE_SIZE say. What goes wrong with a mirror or the cache is told on
/// `environment.err`; `progress` shows what is fetched into the cache, and outlives the store.
/// Errors: also usage (a mirror or cache for a layout, or one that is none); those of
/// oci::BlobCache.
[[nodiscard]] OpenedStore open_source(cli::Environment& environment,
                                      const cli::Arguments& arguments,
                                      std::string_view reference,
                                      core::Progress& progress,
                                      const StoreSide& side = {});

}  // namespace modelseal::commands
