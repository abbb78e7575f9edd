// Points in time as RFC 3339 text, and the clock as a seam.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// Whole seconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
class Timestamp {
  public:
    /// Errors: malformed when the year would not have four digits.
    [[nodiscard]] static Timestamp from_unix(std::int64_t seconds);

    /// "2026-04-21T02:00:00Z", also with a fraction (dropped) or an offset (converted).
    /// Errors: malformed. Spec: RFC 3339 section 5.6.
    [[nodiscard]] static Timestamp parse(std::string_view text);

    [[nodiscard]] std::int64_t unix_seconds() const noexcept { return seconds_; }

    /// In UTC with a "Z", whole seconds.
    [[nodiscard]] std::string to_string() const;

    auto operator<=>(const Timestamp&) const = default;

  private:
    explicit Timestamp(std::int64_t seconds) noexcept : seconds_(seconds) {}

    std::int64_t seconds_;
};

/// A length of time as Go and its tools write it: "90s", "1h30m", "250ms"; a unit (h, m, s, ms)
/// stands behind each number. Nothing for other text, and for more than a year.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override;
};

}  // namespace modelseal::core
