// Chat templates: programs in Jinja that loaders run in a sandbox.
#pragma once

#include "common/model/findings/finding.hpp"

#include <string_view>

namespace modelseal::model {

/// Adds a finding for each sign that a template reaches for the interpreter behind its sandbox.
/// Signs are looked for in the text as it stands and with the escapes and joints of its strings
/// undone. A template that computes a name in another way is not noticed: the sandbox is what holds
/// it.
void check_chat_template(std::string_view text, FindingCollector& findings);

}  // namespace modelseal::model
