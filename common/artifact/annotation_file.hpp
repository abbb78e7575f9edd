// Annotations from a file, in the format of `oras push --annotation-file`.
#pragma once

#include "common/oci/descriptor.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::artifact {

/// `{"$manifest": {…}, "$config": {…}, "PATH": {…}}`. Paths are spelled as on the command line.
struct AnnotationFile {
    oci::Annotations manifest{};
    oci::Annotations config{};
    std::map<std::string, oci::Annotations, std::less<>> files{};

    /// Errors: malformed (not JSON, a value that is not an object of strings, a duplicate key).
    [[nodiscard]] static AnnotationFile parse(std::string_view json);
};

/// "KEY=VALUE" words as given to -a. Errors: usage (no '=', empty key, the same key twice).
[[nodiscard]] oci::Annotations parse_annotations(const std::vector<std::string>& words);

}  // namespace modelseal::artifact
