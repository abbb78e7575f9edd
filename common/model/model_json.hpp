// Findings and facts as JSON, the same in reports and records (schemas/).
#pragma once

#include "common/core/json.hpp"
#include "common/model/check.hpp"
#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/safetensors.hpp"

namespace modelseal::model {

[[nodiscard]] core::Json to_json(const Finding& finding);
[[nodiscard]] core::Json to_json(const SafetensorsFacts& facts);
[[nodiscard]] core::Json to_json(const ModelFacts& facts);

/// The reverse of to_json(). Errors: malformed when a field is missing or of another type.
[[nodiscard]] Finding finding_from_json(const core::Json& json);
[[nodiscard]] SafetensorsFacts safetensors_facts_from_json(const core::Json& json);
[[nodiscard]] ModelFacts model_facts_from_json(const core::Json& json);

}  // namespace modelseal::model
