// The project's version; the number comes from CMakeLists.txt.
#pragma once

#include <string_view>

namespace modelseal::cli {

[[nodiscard]] std::string_view version() noexcept;

}  // namespace modelseal::cli
