#include "common/registry/auth/named_server.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::registry {

http::Reach own_reach(const http::Url& registry,
                      const std::optional<http::IpAddress>& address) noexcept {
    if (address) {
        return http::reach_beside(*address);
    }
    // A proxy is never asked for this machine.
    return registry.is_loopback() ? http::Reach::no_metadata : http::Reach::no_loopback;
}

http::Reach reach_of(const http::Url& named, const http::Url& registry, http::Reach own) noexcept {
    if (named.host() == registry.host()) {
        return own;
    }
    return registry.is_loopback() ? http::Reach::no_metadata : http::Reach::no_loopback;
}

void check_tls(const http::Url& named, const http::Url& registry, std::string_view what) {
    if (registry.scheme() == "https" && named.scheme() != "https") {
        throw core::Error(core::ErrorKind::denied,
                          core::Reason::registry_error,
                          core::concat(registry.origin(),
                                       " names ",
                                       core::in_quotes(named.origin()),
                                       " as ",
                                       what,
                                       ", which has no TLS: nothing is sent there"));
    }
}

}  // namespace modelseal::registry
