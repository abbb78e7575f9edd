// Which name a mistyped word was probably meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::cli {

/// The one of `names` that takes the fewest changes of one character; nothing when even that takes
/// more than a third of `word`'s characters.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& names);

}  // namespace modelseal::cli
