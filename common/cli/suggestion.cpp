#include "common/cli/suggestion.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace modelseal::cli {

namespace {

/// No name is that long: a longer word was not meant to be one.
constexpr std::size_t longest_word = 64;

using Row = std::array<std::size_t, longest_word + 1>;

/// Insertions, deletions, replacements and exchanges of neighbours that make `left` into `right`
/// (optimal string alignment). `right` has at most longest_word characters.
std::size_t distance(std::string_view left, std::string_view right) {
    Row before{};  // the one before `last`
    Row last{};
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        Row row{};
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = last.at(j) + (left[i] == right[j] ? 0 : 1);
            row.at(j + 1) = std::min({replaced, last.at(j + 1) + 1, row.at(j) + 1});
            const bool swapped =
                i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j];
            if (swapped) {
                row.at(j + 1) = std::min(row.at(j + 1), before.at(j - 1) + 1);
            }
        }
        before = std::exchange(last, row);
    }
    return last.at(right.size());
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
