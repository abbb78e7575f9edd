// One line of progress, made to fit a terminal.
#pragma once

#include "common/cli/progress_tally.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace modelseal::cli {

/// How many columns text takes at most: a character that is not ASCII may take two.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// Text in at most `columns` columns; what is cut out of its middle becomes "..", so that both ends
/// of a long name can be read.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns);

/// "1.2 GiB of 2.9 GiB  41%  250.0 MiB/s  0:07 left", without the time where it is not known.
[[nodiscard]] std::string figures_text(const Amount& amount);

/// "pulling model.safetensors   1.2 GiB of 2.9 GiB   41%  250.0 MiB/s  0:07 left" in at most
/// `columns` columns: figures are left out, the least important first, before the label gets too
/// short to be recognized. The label is filled up to `label_columns` when there is room, so that
/// figures stand below each other.
[[nodiscard]] std::string terminal_line(std::string_view label,
                                        const Amount& amount,
                                        std::size_t label_columns,
                                        std::size_t columns);

}  // namespace modelseal::cli
