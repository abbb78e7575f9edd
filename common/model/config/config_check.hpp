// Configuration files that make loaders run code, or point at things outside the model.
// Spec: transformers `dynamic_module_utils` (auto_map), PEFT adapter_config.json,
// sentence-transformers modules.json.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/findings/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

struct ConfigFacts {
    std::vector<std::string> architectures;
    std::optional<std::string> base_model;  // of an adapter
};

/// Whether `path` is a file that loaders read settings from ("config.json",
/// "tokenizer_config.json").
[[nodiscard]] bool is_config(std::string_view path);

/// Reads such a file and adds findings for auto_map, custom pipelines, modules, chat templates and
/// base models. Errors: those of reading.
[[nodiscard]] ConfigFacts check_config(std::string_view path,
                                       const core::RandomAccess& file,
                                       FindingCollector& findings);

}  // namespace modelseal::model
