// Paths for one use or another; what certificate_path.hpp and timestamp.hpp have in common.
// Included by .cpp files only.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/crypto/x509/x509_handles.hpp"

#include <optional>
#include <span>
#include <vector>

namespace modelseal::crypto {

enum class PathUse { code_signing, time_stamping };

/// A store that trusts one certificate, at one time, and nothing else. Errors: internal.
[[nodiscard]] StoreHandle store_of(const Certificate& anchor, core::Timestamp at);

/// The verified path, leaf first, anchor last; at least two certificates. As
/// verify_code_signing_path(), but the leaf's own extended key usage is the caller's to check.
/// Errors: mismatch (untrusted_certificate, certificate_expired).
[[nodiscard]] std::vector<Certificate> find_path(const Certificate& leaf,
                                                 std::span<const Certificate> helpers,
                                                 const Certificate& anchor,
                                                 core::Timestamp at,
                                                 PathUse use);

/// What a certificate may be used for, if it says so.
struct ExtendedKeyUsage {
    bool critical = false;
    std::vector<int> uses{};  // OpenSSL's numbers, NID_undef for those it does not know

    [[nodiscard]] bool contains(int use) const noexcept;
};

/// Nothing for a certificate without restriction.
[[nodiscard]] std::optional<ExtendedKeyUsage> extended_key_usage(const Certificate& certificate);

}  // namespace modelseal::crypto
