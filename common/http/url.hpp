// Absolute http and https URLs. Spec: RFC 3986, as far as registries need it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelseal::http {

/// An absolute URL without user information and fragment, in printable ASCII.
class Url {
  public:
    /// Scheme and host become lower case; a fragment is dropped. Errors: malformed (another scheme,
    /// user information, a character that does not belong in a URL, a bad port).
    [[nodiscard]] static Url parse(std::string_view text);

    /// What `reference` means when this URL's server writes it: absolute, "//host/path", "/path",
    /// "?query" or relative to the last slash. Errors: malformed. Spec: RFC 3986 section 5.2.
    [[nodiscard]] Url resolve(std::string_view reference) const;

    /// The same URL with one more query parameter; the value is percent-encoded.
    [[nodiscard]] Url with_parameter(std::string_view name, std::string_view value) const;

    [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }

    /// Without brackets when it is an IPv6 address.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

    /// The stated port, or the scheme's default.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Scheme, host and port: what credentials belong to. "https://host", "http://host:5000".
    [[nodiscard]] std::string origin() const;

    [[nodiscard]] bool same_origin(const Url& other) const noexcept;

    /// localhost, 127.0.0.0/8 or ::1.
    [[nodiscard]] bool is_loopback() const noexcept;

    [[nodiscard]] std::string to_string() const;

    /// For messages: the query can carry signatures and tokens, so it is shown as "?…".
    [[nodiscard]] std::string redacted() const;

    bool operator==(const Url&) const = default;

  private:
    Url() = default;
    std::string scheme_;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string target_;  // path and query, begins with '/'
};

/// Every byte but RFC 3986's unreserved characters as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace modelseal::http
