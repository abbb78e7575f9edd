// What a token service answers. Spec: distribution "Token Authentication Specification", RFC 6749.
#pragma once

#include "common/core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace modelseal::registry {

/// A longer answer is refused before it is read.
inline constexpr std::uint64_t token_response_limit = std::uint64_t{128} << 10U;

/// Proof for a short time that somebody may do something with a repository.
struct BearerToken {
    core::Secret value{};
    std::chrono::seconds lifetime{60};  // from the moment at which it was asked for
};

/// The member `token`, or `access_token` as OAuth 2 names it, and `expires_in` (default 60 seconds,
/// at most a year). Errors: malformed, also for a token that cannot stand in a header.
[[nodiscard]] BearerToken parse_token_response(std::string_view text);

}  // namespace modelseal::registry
