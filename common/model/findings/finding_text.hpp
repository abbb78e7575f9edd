// Findings as a person reads them.
#pragma once

#include "common/model/findings/finding.hpp"

#include <optional>
#include <string>

namespace modelseal::model {

/// "error content/pickle at byte 3: a pickle that imports os.system"
[[nodiscard]] std::string to_text(const Finding& finding);

/// The option that would accept the finding, fit for a shell: "--allow content/pickle:a.bin".
[[nodiscard]] std::optional<std::string> accepting_option(const Finding& finding);

}  // namespace modelseal::model
