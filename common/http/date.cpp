#include "common/http/date.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace modelseal::http {

namespace {

constexpr std::size_t longest_date = 40;
constexpr std::chrono::seconds longest_wait = std::chrono::hours(24 * 365);

/// The parts of a date as they stand in the text.
struct Fields {
    std::string year;
    std::string month;  // "Nov"
    std::string day;    // one or two digits
    std::string time;   // "08:49:37"
};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::string& word : core::split(text, ' ')) {
        if (!word.empty()) {
            words.push_back(std::move(word));
        }
    }
    return words;
}

std::string full_year(const std::string& two_digits, core::Timestamp now) {
    const auto number =
        core::parse_decimal(two_digits.starts_with('0') ? two_digits.substr(1) : two_digits);
    const auto this_year = core::parse_decimal(now.to_string().substr(0, 4));
    if (!number || !this_year || two_digits.size() != 2) {
        return "";
    }
    const std::uint64_t year = *this_year / 100 * 100 + *number;
    return core::concat(year > *this_year + 50 ? year - 100 : year);
}

std::optional<Fields> fields_of(std::string_view text, core::Timestamp now) {
    const auto words = words_of(text);
    if (words.size() == 6 && words[0].ends_with(',') && words[5] == "GMT") {
        return Fields{.year = words[3], .month = words[2], .day = words[1], .time = words[4]};
    }
    if (words.size() == 4 && words[0].ends_with(',') && words[3] == "GMT") {
        const auto date = core::split(words[1], '-');
        if (date.size() == 3) {
            return Fields{.year = full_year(date[2], now),
                          .month = date[1],
                          .day = date[0],
                          .time = words[2]};
        }
    }
    if (words.size() == 5) {
        return Fields{.year = words[4], .month = words[1], .day = words[2], .time = words[3]};
    }
    return std::nullopt;
}

}  // namespace

std::optional<core::Timestamp> parse_date(std::string_view text, core::Timestamp now) {
    constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() > longest_date) {
        return std::nullopt;
    }
    const auto fields = fields_of(text, now);
    if (!fields) {
        return std::nullopt;
    }
    const auto month = std::find(months.begin(), months.end(), fields->month);
    if (month == months.end()) {
        return std::nullopt;
    }
    const auto number = month - months.begin() + 1;
    try {
        return core::Timestamp::parse(core::concat(fields->year,
                                                   number < 10 ? "-0" : "-",
                                                   number,
                                                   fields->day.size() == 1 ? "-0" : "-",
                                                   fields->day,
                                                   'T',
                                                   fields->time,
                                                   'Z'));
    } catch (const core::Error&) {
        return std::nullopt;  // no such day or time
    }
}

std::optional<std::chrono::seconds> retry_after(const Headers& headers, core::Timestamp now) {
    const auto field = headers.get("Retry-After");
    if (!field) {
        return std::nullopt;
    }
    if (const auto number = core::parse_decimal(*field)) {
        const auto longest = static_cast<std::uint64_t>(longest_wait.count());
        return std::chrono::seconds(std::min(*number, longest));
    }
    const auto until = parse_date(*field, now);
    if (!until) {
        return std::nullopt;
    }
    const auto from = parse_date(headers.get("Date").value_or(""), now).value_or(now);
    return std::clamp(std::chrono::seconds(until->unix_seconds() - from.unix_seconds()),
                      std::chrono::seconds(0),
                      longest_wait);
}

}  // namespace modelseal::http
