#include "common/model/safetensors/dtype.hpp"

#include <array>

namespace modelseal::model {

namespace {

struct Spelling {
    std::string_view text;
    unsigned bits;
};

constexpr std::array<Spelling, 22> spellings = {{
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64},
}};

}  // namespace

std::optional<Dtype> parse_dtype(std::string_view text) noexcept {
    for (std::size_t i = 0; i < spellings.size(); ++i) {
        if (spellings[i].text == text) {
            return static_cast<Dtype>(i);
        }
    }
    return std::nullopt;
}

std::string_view to_string(Dtype dtype) noexcept {
    return spellings[static_cast<std::size_t>(dtype)].text;
}

unsigned bits_of(Dtype dtype) noexcept {
    return spellings[static_cast<std::size_t>(dtype)].bits;
}

}  // namespace modelseal::model
