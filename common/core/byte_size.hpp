// Sizes as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace modelseal::core {

/// A number of bytes, or of binary units: "1000000", "512M", "50G", "50Gi", "50GiB". Nothing for
/// anything else, or when it does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

}  // namespace modelseal::core
