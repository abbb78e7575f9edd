// As much of DER as it takes to look into an answer before it is kept. Spec: ITU-T X.690.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace modelseal::services {

namespace der_tags {
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t sequence = 0x30;
}  // namespace der_tags

/// Takes the element with that tag off the front of `from` and returns its content; nothing when
/// another one stands there, its length is not the shortest form, or bytes are missing.
[[nodiscard]] std::optional<std::span<const std::byte>> take_der(std::span<const std::byte>& from,
                                                                 std::uint8_t tag);

}  // namespace modelseal::services
