// Servers that a registry names: the token service that it trusts, the storage that holds its
// blobs.
#pragma once

#include "common/http/reach.hpp"
#include "common/http/url.hpp"

#include <string_view>

namespace modelseal::registry {

/// Where a server may stand that `registry` names. A registry must not make us talk to services on
/// this machine or in its network that trust whoever stands there; only its own host, and a
/// registry on this machine, may name this machine.
[[nodiscard]] http::Reach reach_of(const http::Url& named, const http::Url& registry) noexcept;

/// Errors: denied when `named`, which is `what`, has no TLS although `registry` has.
void check_tls(const http::Url& named, const http::Url& registry, std::string_view what);

}  // namespace modelseal::registry
