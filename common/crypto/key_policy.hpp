// Which keys are strong and common enough to be used. Included by .cpp files of this domain only.
#pragma once

#include "common/crypto/key_algorithm.hpp"

struct evp_pkey_st;

namespace modelseal::crypto {

/// The algorithm of `key`. Errors: malformed (unsupported) for any other type, curve, size or
/// exponent; malformed for an RSA modulus or curve point that is not valid.
[[nodiscard]] KeyAlgorithm check_key_policy(evp_pkey_st* key);

}  // namespace modelseal::crypto
