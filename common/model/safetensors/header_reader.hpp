// The grammar of a safetensors header as a SAX state machine: nothing is built that is not kept.
#pragma once

#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/header_content.hpp"
#include "common/model/safetensors/json_text.hpp"

namespace modelseal::model {

/// Reads the text behind any leading white space; adds a finding for each rule that is broken.
[[nodiscard]] HeaderContent read_header(JsonText& text, FindingCollector& findings);

}  // namespace modelseal::model
