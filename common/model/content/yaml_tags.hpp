// Tags of YAML that have a loader make objects of Python.
// Spec: YAML 1.1, 6.8.2 and 10.1; PyYAML's constructor.py.
#pragma once

#include <string_view>

namespace modelseal::model {

/// Whether a file of this name is read as YAML; `name` is lower-case.
[[nodiscard]] bool is_yaml_name(std::string_view name);

/// Whether there is a tag of Python ("!!python/object/apply:os.system"), also in its long form and
/// with escapes; or a %TAG directive, which gives tags other names.
[[nodiscard]] bool has_python_tag(std::string_view text);

}  // namespace modelseal::model
