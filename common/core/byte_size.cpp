#include "common/core/byte_size.hpp"

#include "common/core/text.hpp"

#include <limits>

namespace modelseal::core {

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    constexpr std::string_view units = "KMGTP";
    const std::size_t end_of_number = text.find_first_not_of("0123456789");
    const auto number = parse_decimal(text.substr(0, end_of_number));
    if (!number || end_of_number == std::string_view::npos) {
        return number;
    }
    const std::size_t unit = units.find(text[end_of_number]);
    const std::string_view rest = text.substr(end_of_number + 1);
    if (unit == std::string_view::npos || !(rest.empty() || rest == "i" || rest == "iB")) {
        return std::nullopt;
    }
    const auto shift = static_cast<unsigned>(10 * (unit + 1));
    const bool fits = *number <= (std::numeric_limits<std::uint64_t>::max() >> shift);
    return fits ? std::optional(*number << shift) : std::nullopt;
}

}  // namespace modelseal::core
