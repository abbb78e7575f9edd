// `FILE[:TYPE]` as oras spells it.
#pragma once

#include "common/oci/media_type.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::commands::oras {

struct FileArgument {
    std::string path;                    // as typed: --annotation-file uses the same spelling
    std::optional<oci::MediaType> type;  // nothing: chosen by what the file is

    /// Splits at the last ':', as oras does ("a:b:" is the file "a:b"). Errors: usage when what
    /// follows it is no media type.
    [[nodiscard]] static FileArgument parse(std::string_view word);
};

}  // namespace modelseal::commands::oras
