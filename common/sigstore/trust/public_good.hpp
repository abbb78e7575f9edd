// The trusted root of the public Sigstore instance as it is compiled in; public_good/SOURCE says
// where it is from. Its bytes become code in common/CMakeLists.txt.
#pragma once

#include <string_view>

namespace modelseal::sigstore {

/// The trusted root, JSON.
[[nodiscard]] std::string_view public_good_json() noexcept;

/// When the release that it is from was published, RFC 3339 and a newline.
[[nodiscard]] std::string_view public_good_released() noexcept;

}  // namespace modelseal::sigstore
