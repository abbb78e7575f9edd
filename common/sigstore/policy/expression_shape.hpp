// What of a regular expression is fixed text, whatever else it leaves open.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// One of the alternatives that an expression offers.
struct ExpressionShape {
    std::string prefix;            // with this every text begins that it matches
    std::string suffix;            // with this every such text ends
    bool is_list_of_texts = true;  // it matches a few texts that it spells out, and no others
};

/// Of each alternative outside of parentheses; `expression` is one that RE2 took, without its ^ and
/// its $. What is not known to be fixed counts as open, so that no prefix is too long.
/// Nothing where it holds what changes the meaning of other characters: flags, as (?i), and \Q.
[[nodiscard]] std::optional<std::vector<ExpressionShape>> shapes_of(std::string_view expression);

}  // namespace modelseal::sigstore
