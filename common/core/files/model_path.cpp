#include "common/core/files/model_path.hpp"

#include "common/core/case_folding.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::core {

namespace {

constexpr std::string_view own_prefix = ".modelseal";

}  // namespace

std::optional<std::string> why_no_model_path(std::string_view path) {
    if (auto unsafe = why_unsafe_path(path)) {
        return unsafe;
    }
    const std::vector<std::string> components = split(fold_case(path), '/');
    const bool is_ours =
        std::any_of(components.begin(), components.end(), [](const std::string& component) {
            return component.starts_with(own_prefix);
        });
    return is_ours ? std::optional(concat("names that begin with ",
                                          in_quotes(own_prefix),
                                          " are for the seal and for files in the making"))
                   : std::nullopt;
}

bool is_unfinished_path(std::string_view path) {
    const std::vector<std::string> components = split(path, '/');
    return std::any_of(components.begin(), components.end(), [](const std::string& component) {
        return is_temporary_name(component);
    });
}

}  // namespace modelseal::core
