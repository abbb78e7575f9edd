#include "common/http/proxy.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>

namespace modelseal::http {

namespace {

std::string value_of(const core::Variables& variables, std::string_view upper_name) {
    const auto upper = variables.get_nonempty(upper_name);
    return upper ? *upper : variables.get_nonempty(core::ascii_lower(upper_name)).value_or("");
}

/// "host:8080" is a URL of http. Go asks a socks5 proxy to resolve names, which libcurl calls
/// socks5h.
std::string proxy_url(const core::Variables& variables, std::string_view name) {
    std::string text = value_of(variables, name);
    if (text.empty()) {
        return text;
    }
    if (text.find("://") == std::string::npos) {
        text = core::concat("http://", text);
    }
    const std::string scheme = core::ascii_lower(text.substr(0, text.find("://")));
    const std::string_view rest = std::string_view(text).substr(scheme.size() + 3);
    constexpr std::array<std::string_view, 4> schemes{"http", "https", "socks5", "socks5h"};
    const bool known = std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
    const bool printable =
        std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!known || rest.empty() || !printable) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("the variable ",
                                       name,
                                       " (or its lower-case form) is no URL of a proxy: it must "
                                       "begin with http://, https://, socks5:// or socks5h://"));
    }
    return core::concat(scheme == "socks5" ? "socks5h" : scheme, "://", rest);
}

/// Takes ":PORT" off the end; an IPv6 address has one only behind brackets.
std::optional<std::uint16_t> take_port(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    const bool has_port = colon != std::string_view::npos &&
                          (bracketed ? text[colon - 1] == ']' : text.find(':') == colon);
    if (!has_port) {
        return std::nullopt;
    }
    const auto port = core::parse_decimal(text.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) {
        return std::nullopt;
    }
    text = text.substr(0, colon);
    return static_cast<std::uint16_t>(*port);
}

std::string_view without_brackets(std::string_view text) {
    return text.starts_with('[') && text.ends_with(']') ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

ProxyRules::ProxyRules(const core::Variables& variables)
    : for_http_(proxy_url(variables, "HTTP_PROXY")),
      for_https_(proxy_url(variables, "HTTPS_PROXY")) {
    for (const std::string& entry : core::split(value_of(variables, "NO_PROXY"), ',')) {
        const std::string text = core::ascii_lower(core::trim(entry));
        no_proxy_at_all_ = no_proxy_at_all_ || text == "*";
        if (auto exception = parse_exception(text)) {
            exceptions_.push_back(std::move(*exception));
        }
    }
}

std::optional<ProxyRules::Exception> ProxyRules::parse_exception(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    Exception exception;
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        exception.network = IpAddress::parse(text.substr(0, slash));
        const auto prefix = core::parse_decimal(text.substr(slash + 1));
        if (exception.network && prefix && *prefix <= 128) {
            exception.prefix = static_cast<std::size_t>(*prefix);
            return exception;
        }
        return std::nullopt;
    }
    exception.port = take_port(text);
    text = without_brackets(text);
    exception.network = IpAddress::parse(text);
    if (exception.network) {
        exception.prefix = exception.network->is_v4() ? 32 : 128;
        return exception;
    }
    if (text.starts_with("*.")) {
        text.remove_prefix(1);
    }
    exception.host_itself = !text.starts_with('.');
    exception.domain = exception.host_itself ? core::concat('.', text) : std::string(text);
    return exception;
}

bool ProxyRules::matches(const Exception& exception, const Url& url) {
    if (exception.port && *exception.port != url.port()) {
        return false;
    }
    if (exception.network) {
        const auto address = IpAddress::parse(url.host());
        return address && address->is_within(*exception.network, exception.prefix);
    }
    return url.host().ends_with(exception.domain) ||
           (exception.host_itself && core::concat('.', url.host()) == exception.domain);
}

std::string ProxyRules::proxy_for(const Url& url) const {
    const std::string& proxy = url.scheme() == "https" ? for_https_ : for_http_;
    const auto address = IpAddress::parse(url.host());
    const bool is_here = url.is_loopback() || (address && address->is_loopback());
    const bool is_excepted =
        no_proxy_at_all_ || std::any_of(exceptions_.begin(), exceptions_.end(), [&](const auto& e) {
            return matches(e, url);
        });
    return is_here || is_excepted ? std::string() : proxy;
}

}  // namespace modelseal::http
