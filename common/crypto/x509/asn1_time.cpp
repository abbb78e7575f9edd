#include "common/crypto/x509/asn1_time.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::crypto {

namespace {

using core::concat;

constexpr std::size_t digits_of_generalized_time = 14;  // YYYYMMDDhhmmss

[[noreturn]] void refuse(std::string_view text) {
    throw core::Error(core::ErrorKind::malformed,
                      concat(core::in_quotes(text), " is not a time as certificates write it"));
}

bool all_digits(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

core::Timestamp parse_utc_time(std::string_view text) {
    if (text.size() < 2 || !all_digits(text.substr(0, 2))) {
        refuse(text);
    }
    return parse_generalized_time(concat(text[0] >= '5' ? "19" : "20", text));
}

core::Timestamp parse_generalized_time(std::string_view text) {
    if (text.size() != digits_of_generalized_time + 1 || text.back() != 'Z' ||
        !all_digits(text.substr(0, digits_of_generalized_time))) {
        refuse(text);
    }
    return core::Timestamp::parse(concat(text.substr(0, 4),
                                         '-',
                                         text.substr(4, 2),
                                         '-',
                                         text.substr(6, 2),
                                         'T',
                                         text.substr(8, 2),
                                         ':',
                                         text.substr(10, 2),
                                         ':',
                                         text.substr(12)));
}

core::Timestamp parse_fractional_time(std::string_view text) {
    if (text.size() <= digits_of_generalized_time || text[digits_of_generalized_time] != '.') {
        return parse_generalized_time(text);
    }
    const std::string_view fraction = text.substr(digits_of_generalized_time + 1);
    if (fraction.size() < 2 || fraction.back() != 'Z' ||
        !all_digits(fraction.substr(0, fraction.size() - 1))) {
        refuse(text);
    }
    return parse_generalized_time(concat(text.substr(0, digits_of_generalized_time), 'Z'));
}

}  // namespace modelseal::crypto
