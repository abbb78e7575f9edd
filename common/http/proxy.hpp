// Which proxy a request goes through, as Go's programs decide it: oras, docker, kubectl and cosign
// then all take the same way. Spec: golang.org/x/net/http/httpproxy.
#pragma once

#include "common/core/variables.hpp"
#include "common/http/ip_address.hpp"
#include "common/http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::http {

/// The rules of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and their lower-case names; the upper case
/// comes first.
class ProxyRules {
  public:
    /// Errors: usage when a proxy is no URL with the scheme http, https, socks5 or socks5h. The
    /// value is not shown: it may hold a password.
    explicit ProxyRules(const core::Variables& variables);

    /// The URL of the proxy for `url`, with the password that it may hold; empty when it is reached
    /// directly, as localhost and loopback addresses always are.
    [[nodiscard]] std::string proxy_for(const Url& url) const;

  private:
    /// One entry of NO_PROXY: a host, a domain, an address or a network, perhaps with a port.
    struct Exception {
        std::string domain{};  // begins with '.'; empty: `network` is set
        bool host_itself = false;
        std::optional<IpAddress> network{};
        std::size_t prefix = 0;
        std::optional<std::uint16_t> port{};
    };

    [[nodiscard]] static std::optional<Exception> parse_exception(std::string_view text);
    [[nodiscard]] static bool matches(const Exception& exception, const Url& url);

    std::string for_http_;
    std::string for_https_;
    std::vector<Exception> exceptions_;
    bool no_proxy_at_all_ = false;
};

}  // namespace modelseal::http
