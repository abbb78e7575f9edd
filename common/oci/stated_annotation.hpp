// One annotation of many.
#pragma once

#include "common/oci/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::oci {

/// Its value; nothing when nobody stated it.
[[nodiscard]] inline std::optional<std::string> stated_annotation(const Annotations& annotations,
                                                                  std::string_view key) {
    const auto found = annotations.find(key);
    return found == annotations.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace modelseal::oci
