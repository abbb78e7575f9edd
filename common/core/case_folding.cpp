#include "common/core/case_folding.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace modelseal::core {

namespace {

/// Upper-case letters from `first` to `last` whose lower-case ones lie `distance` further on.
/// With `step` 2 the two alternate: only every second one is upper case.
struct FoldRange {
    char32_t first;
    char32_t last;
    int distance;
    char32_t step;
};

constexpr auto fold_ranges = std::to_array<FoldRange>({
    {U'A', U'Z', 32, 1},        {0x00C0, 0x00D6, 32, 1},  // Latin-1
    {0x00D8, 0x00DE, 32, 1},                              //
    {0x0100, 0x012E, 1, 2},                               // Latin Extended-A
    {0x0132, 0x0136, 1, 2},                               //
    {0x0139, 0x0147, 1, 2},                               //
    {0x014A, 0x0176, 1, 2},                               //
    {0x0178, 0x0178, -121, 1},                            // Y with diaeresis
    {0x0179, 0x017D, 1, 2},                               //
    {0x017F, 0x017F, -268, 1},                            // long s
    {0x01CD, 0x01DB, 1, 2},                               // Latin Extended-B
    {0x01DE, 0x01EE, 1, 2},                               //
    {0x01F8, 0x021E, 1, 2},                               //
    {0x0222, 0x0232, 1, 2},                               //
    {0x0386, 0x0386, 38, 1},                              // Greek
    {0x0388, 0x038A, 37, 1},                              //
    {0x038C, 0x038C, 64, 1},                              //
    {0x038E, 0x038F, 63, 1},                              //
    {0x0391, 0x03A1, 32, 1},                              //
    {0x03A3, 0x03AB, 32, 1},                              //
    {0x03C2, 0x03C2, 1, 1},                               // final sigma
    {0x0400, 0x040F, 80, 1},                              // Cyrillic
    {0x0410, 0x042F, 32, 1},                              //
    {0x0460, 0x0480, 1, 2},                               //
    {0x048A, 0x04BE, 1, 2},                               //
    {0x04C1, 0x04CD, 1, 2},                               //
    {0x04D0, 0x052E, 1, 2},                               //
    {0x0531, 0x0556, 48, 1},                              // Armenian
    {0x1E00, 0x1E94, 1, 2},                               // Latin Extended Additional
    {0x1E9E, 0x1E9E, -7615, 1},                           // capital sharp s
    {0x1EA0, 0x1EFE, 1, 2},                               //
    {0x2126, 0x2126, -7517, 1},                           // ohm sign
    {0x212A, 0x212A, -8383, 1},                           // kelvin sign
    {0x212B, 0x212B, -8262, 1},                           // angstrom sign
    {0xFF21, 0xFF3A, 32, 1},                              // full width
});

char32_t fold(char32_t letter) noexcept {
    const auto* const range =
        std::find_if(fold_ranges.begin(), fold_ranges.end(), [&](const FoldRange& candidate) {
            return letter >= candidate.first && letter <= candidate.last &&
                   (letter - candidate.first) % candidate.step == 0;
        });
    return range == fold_ranges.end()
               ? letter
               : static_cast<char32_t>(static_cast<int>(letter) + range->distance);
}

/// Takes the next code point of well-formed UTF-8.
char32_t take_code_point(std::string_view& text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    constexpr std::array<unsigned char, 5> payload = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t code_point = first & payload.at(length);
    for (std::size_t i = 1; i < length; ++i) {
        code_point = (code_point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(length);
    return code_point;
}

void append_utf8(std::string& to, char32_t code_point) {
    const auto append = [&](char32_t byte) {
        to.push_back(static_cast<char>(byte));
    };
    if (code_point < 0x80) {
        append(code_point);
        return;
    }
    if (code_point < 0x800) {
        append(0xC0 | (code_point >> 6U));
    } else {
        if (code_point < 0x10000) {
            append(0xE0 | (code_point >> 12U));
        } else {
            append(0xF0 | (code_point >> 18U));
            append(0x80 | ((code_point >> 12U) & 0x3FU));
        }
        append(0x80 | ((code_point >> 6U) & 0x3FU));
    }
    append(0x80 | (code_point & 0x3FU));
}

}  // namespace

std::string fold_case(std::string_view text) {
    if (!is_utf8(text)) {
        return std::string(text);
    }
    std::string folded;
    folded.reserve(text.size());
    while (!text.empty()) {
        append_utf8(folded, fold(take_code_point(text)));
    }
    return folded;
}

}  // namespace modelseal::core
