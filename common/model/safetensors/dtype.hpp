// Element types of tensors. Spec: safetensors 0.8.0, `Dtype`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace modelseal::model {

/// In the order of the reference implementation.
enum class Dtype : std::uint8_t {
    boolean,
    f4,
    f6_e2m3,
    f6_e3m2,
    u8,
    i8,
    f8_e5m2,
    f8_e4m3,
    f8_e8m0,
    f8_e4m3fnuz,
    f8_e5m2fnuz,
    i16,
    u16,
    f16,
    bf16,
    i32,
    u32,
    f32,
    c64,
    f64,
    i64,
    u64,
};

/// The exact, case-sensitive spelling of a header ("BF16"); nothing for any other text.
[[nodiscard]] std::optional<Dtype> parse_dtype(std::string_view text) noexcept;

[[nodiscard]] std::string_view to_string(Dtype dtype) noexcept;

/// Bits of one element: 4 and 6 occur, so bytes would not do.
[[nodiscard]] unsigned bits_of(Dtype dtype) noexcept;

}  // namespace modelseal::model
