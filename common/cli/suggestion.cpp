#include "common/cli/suggestion.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace modelseal::cli {

namespace {

/// No name is that long: a longer word was not meant to be one.
constexpr std::size_t longest_word = 64;

/// Levenshtein's distance: insertions, deletions and replacements that make `left` into `right`.
/// `right` has at most longest_word characters.
std::size_t distance(std::string_view left, std::string_view right) {
    std::array<std::size_t, longest_word + 1> row{};
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row.at(j + 1);
            row.at(j + 1) = std::min({replaced, row.at(j) + 1, row.at(j + 1) + 1});
        }
    }
    return row.at(right.size());
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& names) {
    if (word.size() > longest_word) {
        return std::nullopt;
    }
    std::optional<std::string> best;
    std::size_t fewest = std::max<std::size_t>(1, word.size() / 3);
    for (const std::string& name : names) {
        const std::size_t changes = distance(name, word);
        if (changes < fewest || (changes == fewest && !best)) {
            best = name;
            fewest = changes;
        }
    }
    return best;
}

}  // namespace modelseal::cli
