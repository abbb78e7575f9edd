// Whom keyless verification trusts: logs, certificate authorities and timestamp authorities.
// Spec: sigstore protobuf-specs, sigstore_trustroot.proto, TrustedRoot.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/trust/transparency_log.hpp"
#include "common/sigstore/trust/validity.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// Larger trusted roots are not read: 1 MiB.
inline constexpr std::uint64_t trusted_root_size_limit = std::uint64_t{1} << 20U;

/// Who issues certificates, or timestamps.
struct Authority {
    std::string uri;
    std::vector<crypto::Certificate> chain;  // leaf first; the last is the anchor, 1 to 10
    Validity validity;
};

/// A log of the root whose signatures cannot be checked by this build.
struct UnusableLog {
    std::string base_url;
    core::Bytes id;
    std::string why;  // a sentence
};

class TrustedRoot {
  public:
    /// Errors: malformed (another media type, unknown, missing or duplicate field, a log without
    /// start or with another hash than SHA-256, keys and certificates that cannot be read, limits).
    /// A log whose kind of key is not supported is no error: see unusable().
    [[nodiscard]] static TrustedRoot parse(std::string_view json);

    /// That of the public Sigstore instance, compiled in.
    [[nodiscard]] static const TrustedRoot& public_good();

    /// How old public_good() is: when the release that it was taken from was published. Keys are
    /// added every few years; a root that is older than half a year deserves a warning.
    [[nodiscard]] static core::Timestamp public_good_date();

    /// Rekor.
    [[nodiscard]] const std::vector<TransparencyLog>& logs() const noexcept { return logs_; }

    /// Certificate transparency logs.
    [[nodiscard]] const std::vector<TransparencyLog>& ct_logs() const noexcept { return ct_logs_; }

    [[nodiscard]] const std::vector<Authority>& certificate_authorities() const noexcept {
        return certificate_authorities_;
    }

    [[nodiscard]] const std::vector<Authority>& timestamp_authorities() const noexcept {
        return timestamp_authorities_;
    }

    /// Logs of either kind that are in the root and of no use to this build.
    [[nodiscard]] const std::vector<UnusableLog>& unusable() const noexcept { return unusable_; }

  private:
    TrustedRoot() = default;

    std::vector<TransparencyLog> logs_;
    std::vector<TransparencyLog> ct_logs_;
    std::vector<Authority> certificate_authorities_;
    std::vector<Authority> timestamp_authorities_;
    std::vector<UnusableLog> unusable_;
};

}  // namespace modelseal::sigstore
