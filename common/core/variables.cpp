#include "common/core/variables.hpp"

#include <unistd.h>

namespace modelseal::core {

Variables Variables::of_process() {
    std::map<std::string, std::string, std::less<>> values;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            values.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return Variables(std::move(values));
}

std::optional<std::string> Variables::get(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Variables::get_nonempty(std::string_view name) const {
    auto value = get(name);
    return value && value->empty() ? std::nullopt : value;
}

}  // namespace modelseal::core
