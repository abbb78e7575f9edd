#include "common/core/files/name_collision.hpp"

#include "common/core/case_folding.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::core {

namespace {

// The lowest character that a name can hold stands for the slash: sorted, a file comes right before
// what would lie in a folder of the same name.
constexpr char separator = '\x01';

std::string key_of(std::string_view name) {
    std::string key = fold_case(name);
    std::replace(key.begin(), key.end(), '/', separator);
    return key;
}

}  // namespace

std::optional<NameCollision> NameSet::add(std::string_view name) {
    const std::size_t number = count_++;
    std::string key = key_of(name);
    const auto next = entries_.lower_bound(key);
    if (next != entries_.end() && next->first == key) {
        const auto& [other, other_number] = next->second;
        return NameCollision{other == name ? Collision::same : Collision::letters, other_number};
    }
    if (next != entries_.end() && next->first.starts_with(concat(key, separator))) {
        return NameCollision{Collision::folder, next->second.number};
    }
    for (std::size_t at = key.find(separator); at != std::string::npos;
         at = key.find(separator, at + 1)) {
        const auto above = entries_.find(std::string_view(key).substr(0, at));
        if (above != entries_.end()) {
            return NameCollision{Collision::beneath, above->second.number};
        }
    }
    entries_.emplace_hint(next, std::move(key), Entry{std::string(name), number});
    return std::nullopt;
}

}  // namespace modelseal::core
