// Servers that a registry names: the token service that it trusts, the storage that holds its
// blobs.
#pragma once

#include "common/http/reach.hpp"
#include "common/http/url.hpp"

#include <optional>
#include <string_view>

namespace modelseal::registry {

/// Where the registry's own name may lead once it has answered from `address` (nothing: a proxy
/// knows it): whoever rules its name could let it mean this machine the next time.
[[nodiscard]] http::Reach own_reach(const http::Url& registry,
                                    const std::optional<http::IpAddress>& address) noexcept;

/// Where a server may stand that `registry` names. A registry must not make us talk to services on
/// this machine or in its network that trust whoever stands there; only a registry on this machine
/// may name this machine. Its own host is where it was before: `own`.
[[nodiscard]] http::Reach reach_of(const http::Url& named,
                                   const http::Url& registry,
                                   http::Reach own) noexcept;

/// Errors: denied when `named`, which is `what`, has no TLS although `registry` has.
void check_tls(const http::Url& named, const http::Url& registry, std::string_view what);

}  // namespace modelseal::registry
