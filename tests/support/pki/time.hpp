// The moment around which all test material lives.
#pragma once

#include "common/core/time.hpp"

namespace modelseal::pki {

/// 2026-06-01T12:00:00Z and some seconds: when things are signed unless a test says otherwise.
/// Leaves are valid from noon(-300) to noon(300), authorities and logs for years.
[[nodiscard]] inline core::Timestamp noon(std::int64_t seconds = 0) {
    return core::Timestamp::from_unix(1'780'315'200 + seconds);
}

inline constexpr std::int64_t year = 365LL * 24 * 3600;

}  // namespace modelseal::pki
