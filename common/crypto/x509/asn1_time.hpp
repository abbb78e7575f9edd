// Points in time as certificates and timestamps state them. Spec: X.680 sections 46 and 47, in the
// forms of RFC 5280 section 4.1.2.5 and RFC 3161 section 2.4.2.
#pragma once

#include "common/core/time.hpp"

#include <string_view>

namespace modelseal::crypto {

/// "YYMMDDhhmmssZ"; years 50 to 99 are of the twentieth century. Errors: malformed.
[[nodiscard]] core::Timestamp parse_utc_time(std::string_view text);

/// "YYYYMMDDhhmmssZ". Errors: malformed.
[[nodiscard]] core::Timestamp parse_generalized_time(std::string_view text);

/// As above, also with a fraction of a second, which is dropped: "20260421020000.25Z".
/// Errors: malformed.
[[nodiscard]] core::Timestamp parse_fractional_time(std::string_view text);

}  // namespace modelseal::crypto
