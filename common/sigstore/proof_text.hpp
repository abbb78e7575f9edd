// Proofs that verified, as an explanation tells them. Included by .cpp files of this domain only.
#pragma once

#include "common/sigstore/authentication.hpp"

#include <span>
#include <string>

namespace modelseal::sigstore {

/// Empty for none.
[[nodiscard]] std::string describe(std::span<const VerifiedLogEntry> entries);
[[nodiscard]] std::string describe(std::span<const TrustedTime> times);

/// The key and, where it has one, its name in a trust policy.
[[nodiscard]] std::string describe(const TrustedKey& key);

/// The same of anybody who may sign.
[[nodiscard]] std::string describe(const TrustedSigner& signer);

}  // namespace modelseal::sigstore
