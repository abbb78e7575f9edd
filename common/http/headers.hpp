// Header fields of a request or response, in order. Spec: RFC 9110 section 5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelseal::http {

/// Names compare without regard to case; a name may occur several times.
class Headers {
  public:
    void add(std::string_view name, std::string_view value);

    /// Removes every field of that name, then adds this one.
    void set(std::string_view name, std::string_view value);

    /// The first field of that name.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> get_all(std::string_view name) const;

    /// The Content-Length field; nothing when absent. Errors: malformed when it is not a number, or
    /// two fields disagree.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;

    /// The Content-Type field without parameters, in lower case; empty when absent.
    [[nodiscard]] std::string media_type() const;

    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const noexcept {
        return fields_;
    }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// The Content-Range of a 206 answer, "bytes FIRST-LAST/TOTAL".
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;                // inclusive
    std::optional<std::uint64_t> total{};  // nothing when the server wrote '*'

    /// Nothing when the text is not a satisfied byte range. Spec: RFC 9110 section 14.4.
    [[nodiscard]] static std::optional<ContentRange> parse(std::string_view text);

    bool operator==(const ContentRange&) const = default;
};

/// The target of the first link with rel="next"; nothing when there is none. Spec: RFC 8288.
[[nodiscard]] std::optional<std::string> next_link(const Headers& headers);

}  // namespace modelseal::http
