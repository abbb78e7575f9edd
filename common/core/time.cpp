#include "common/core/time.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace modelseal::core {

namespace {

constexpr std::int64_t first_second = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z

/// Takes fixed-width fields off the front of a text; `ok` turns false at the first misfit.
struct FieldReader {
    std::string_view rest;
    bool ok = true;

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest.size() <= i || rest[i] < '0' || rest[i] > '9') {
                ok = false;
                return 0;
            }
            value = value * 10 + (rest[i] - '0');
        }
        rest.remove_prefix(digits);
        return value;
    }

    char one_of(std::string_view allowed) {
        if (rest.empty() || allowed.find(rest[0]) == std::string_view::npos) {
            ok = false;
            return '\0';
        }
        const char c = rest[0];
        rest.remove_prefix(1);
        return c;
    }

    void fraction() {
        if (rest.empty() || rest[0] != '.') {
            return;
        }
        rest.remove_prefix(1);
        const std::size_t digits = rest.find_first_not_of("0123456789");
        ok = ok && digits != 0 && digits != std::string_view::npos;
        rest.remove_prefix(ok ? digits : 0);
    }

    std::int64_t offset_seconds() {
        const char sign = one_of("Zz+-");
        if (!ok || sign == 'Z' || sign == 'z') {
            return 0;
        }
        const int hours = number(2);
        one_of(":");
        const int minutes = number(2);
        ok = ok && hours < 24 && minutes < 60;
        return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    }
};

std::optional<std::int64_t> seconds_of(std::string_view text) {
    FieldReader fields{text};
    const int year = fields.number(4);
    fields.one_of("-");
    const int month = fields.number(2);
    fields.one_of("-");
    const int day = fields.number(2);
    fields.one_of("Tt");
    const int hour = fields.number(2);
    fields.one_of(":");
    const int minute = fields.number(2);
    fields.one_of(":");
    const int second = fields.number(2);
    fields.fraction();
    const std::int64_t offset = fields.offset_seconds();
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!fields.ok || !fields.rest.empty() || !date.ok() || hour > 23 || minute > 59 ||
        second > 59) {
        return std::nullopt;
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * 86'400 + std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second - offset;
}

}  // namespace

Timestamp Timestamp::from_unix(std::int64_t seconds) {
    if (seconds < first_second || seconds > last_second) {
        throw Error(ErrorKind::malformed,
                    concat("the time ", seconds, " is outside the years 1 to 9999"));
    }
    return Timestamp(seconds);
}

Timestamp Timestamp::parse(std::string_view text) {
    const auto seconds = seconds_of(text);
    if (!seconds) {
        throw Error(
            ErrorKind::malformed,
            concat(in_quotes(text), " is not an RFC 3339 time such as 2026-04-21T02:00:00Z"));
    }
    return from_unix(*seconds);
}

std::string Timestamp::to_string() const {
    const std::chrono::sys_seconds time{std::chrono::seconds{seconds_}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 32> text{};
    const int length = std::snprintf(text.data(),
                                     text.size(),
                                     "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                     static_cast<int>(date.year()),
                                     static_cast<unsigned>(date.month()),
                                     static_cast<unsigned>(date.day()),
                                     static_cast<int>(clock.hours().count()),
                                     static_cast<int>(clock.minutes().count()),
                                     static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    using std::chrono::milliseconds;
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
        {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
    constexpr std::uint64_t longest = std::uint64_t{366} * 24 * 3'600'000;
    std::uint64_t total = 0;
    do {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto number = parse_decimal(text.substr(0, digits));
        text.remove_prefix(digits);
        const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
        const auto known = std::find_if(
            units.begin(), units.end(), [&](const auto& entry) { return entry.first == unit; });
        if (!number || known == units.end() || *number > (longest - total) / known->second) {
            return std::nullopt;
        }
        total += *number * known->second;
        text.remove_prefix(unit.size());
    } while (!text.empty());
    return milliseconds(static_cast<milliseconds::rep>(total));
}

Timestamp SystemClock::now() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp::from_unix(
        std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count());
}

}  // namespace modelseal::core
