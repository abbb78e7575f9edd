#include "common/seal/model_version.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::seal {

namespace {

constexpr std::size_t longest = 128;  // bytes; a tag is no longer

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-';
    });
}

std::string without_leading_zeros(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) {
        return left.size() <=> right.size();
    }
    return left.compare(right) <=> 0;
}

/// "Numeric identifiers always have lower precedence than non-numeric identifiers."
std::weak_ordering compare_identifiers(const std::string& left, const std::string& right) {
    if (is_number(left) && is_number(right)) {
        return compare_numbers(without_leading_zeros(left), without_leading_zeros(right));
    }
    if (is_number(left) != is_number(right)) {
        return is_number(left) ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    return left.compare(right) <=> 0;
}

/// "A larger set of pre-release fields has a higher precedence than a smaller set, if all of the
/// preceding identifiers are equal", and none at all is higher than any.
std::weak_ordering compare_pre_release(const std::vector<std::string>& left,
                                       const std::vector<std::string>& right) {
    if (left.empty() != right.empty()) {
        return left.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
    }
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (const auto order = compare_identifiers(left[i], right[i]); order != 0) {
            return order;
        }
    }
    return left.size() <=> right.size();
}

core::Error no_version(std::string_view text) {
    return {core::ErrorKind::malformed,
            core::concat(core::in_quotes(text),
                         " is not a version that can be compared; versions look like v2.3 or "
                         "2.10.0-rc.1")};
}

}  // namespace

ModelVersion ModelVersion::parse(std::string_view text) {
    std::string_view rest = text;
    if (rest.size() > longest) {
        throw no_version(text);
    }
    if (rest.starts_with('v') || rest.starts_with('V')) {
        rest.remove_prefix(1);
    }
    ModelVersion version;
    if (const std::size_t plus = rest.find('+'); plus != std::string_view::npos) {
        const auto build = core::split(rest.substr(plus + 1), '.');
        if (!std::all_of(build.begin(), build.end(), is_identifier)) {
            throw no_version(text);
        }
        rest = rest.substr(0, plus);
    }
    if (const std::size_t dash = rest.find('-'); dash != std::string_view::npos) {
        version.pre_release_ = core::split(rest.substr(dash + 1), '.');
        if (!std::all_of(version.pre_release_.begin(), version.pre_release_.end(), is_identifier)) {
            throw no_version(text);
        }
        rest = rest.substr(0, dash);
    }
    for (const std::string& number : core::split(rest, '.')) {
        if (!is_number(number)) {
            throw no_version(text);
        }
        version.numbers_.push_back(without_leading_zeros(number));
    }
    return version;
}

std::weak_ordering ModelVersion::operator<=>(const ModelVersion& other) const {
    static const std::string zero = "0";
    for (std::size_t i = 0; i < std::max(numbers_.size(), other.numbers_.size()); ++i) {
        const std::string& left = i < numbers_.size() ? numbers_[i] : zero;
        const std::string& right = i < other.numbers_.size() ? other.numbers_[i] : zero;
        if (const auto order = compare_numbers(left, right); order != 0) {
            return order;
        }
    }
    return compare_pre_release(pre_release_, other.pre_release_);
}

}  // namespace modelseal::seal
