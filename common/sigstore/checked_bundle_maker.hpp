// Noticing at once what verifiers would refuse later.
#pragma once

#include "common/sigstore/format/bundle_maker.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

namespace modelseal::sigstore {

/// Passes on the bundles of another maker whose log entries and timestamps are by those that a
/// trusted root names.
class CheckedBundleMaker final : public BundleMaker {
  public:
    /// `maker` and `root` outlive this.
    CheckedBundleMaker(BundleMaker& maker, const crypto::PublicKey* key, const TrustedRoot& root)
        : maker_(maker), key_(key), root_(root) {}

    /// Errors: of the other maker; mismatch as verify_log_entries() and timestamp_times(), which
    /// says where the signature is logged.
    [[nodiscard]] Bundle make(const Payload& payload) override;

  private:
    BundleMaker& maker_;
    const crypto::PublicKey* key_;  // that signs; nullptr: the certificate in the bundle says it
    const TrustedRoot& root_;
};

}  // namespace modelseal::sigstore
