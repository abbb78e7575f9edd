#include "common/sigstore/model_version.hpp"

#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

constexpr std::size_t length_limit = 128;

/// Numbers compare as numbers and are below text; text compares bytewise.
std::strong_ordering compare_identifiers(const std::string& left, const std::string& right) {
    const auto left_number = core::parse_decimal(left);
    const auto right_number = core::parse_decimal(right);
    if (left_number && right_number) {
        return *left_number <=> *right_number;
    }
    if (left_number.has_value() != right_number.has_value()) {
        return left_number ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return left.compare(right) <=> 0;
}

/// A leading zero (as in "2026.04.21") does not change a number.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    while (text.size() > 1 && text.front() == '0') {
        text.remove_prefix(1);
    }
    return core::parse_decimal(text);
}

}  // namespace

std::optional<ModelVersion> ModelVersion::parse(std::string_view text) {
    if (text.size() > length_limit) {
        return std::nullopt;
    }
    text = text.substr(0, text.find('+'));
    if (text.starts_with('v') || text.starts_with('V')) {
        text.remove_prefix(1);
    }
    ModelVersion version;
    const std::size_t dash = text.find('-');
    for (const std::string& piece : core::split(text.substr(0, dash), '.')) {
        const auto number = parse_number(piece);
        if (!number) {
            return std::nullopt;
        }
        version.numbers_.push_back(*number);
    }
    while (!version.numbers_.empty() && version.numbers_.back() == 0) {
        version.numbers_.pop_back();
    }
    if (dash != std::string_view::npos) {
        version.prerelease_ = core::split(text.substr(dash + 1), '.');
    }
    return version;
}

std::strong_ordering ModelVersion::operator<=>(const ModelVersion& other) const {
    const auto by_numbers = numbers_ <=> other.numbers_;
    if (by_numbers != std::strong_ordering::equal) {
        return by_numbers;
    }
    if (prerelease_.empty() != other.prerelease_.empty()) {
        return prerelease_.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    return std::lexicographical_compare_three_way(prerelease_.begin(),
                                                  prerelease_.end(),
                                                  other.prerelease_.begin(),
                                                  other.prerelease_.end(),
                                                  compare_identifiers);
}

}  // namespace modelseal::sigstore
