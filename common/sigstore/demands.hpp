// What somebody demands of an artifact, all of it, and the decision whether it is so.
#pragma once

#include "common/sigstore/attestation.hpp"
#include "common/sigstore/evidence.hpp"
#include "common/sigstore/requirements.hpp"
#include "common/sigstore/verify.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelseal::sigstore {

struct Demands {
    /// Each is fulfilled by one statement about the artifact, and all are. Never empty; the first
    /// is a signature.
    std::vector<Requirements> statements;
    Trust trust;

    [[nodiscard]] bool names_model() const noexcept;
    [[nodiscard]] bool names_version() const noexcept;
    [[nodiscard]] bool allows_legacy() const noexcept;
};

/// Proof that an artifact is what was demanded. Only verify_artifact() can make one.
class VerifiedArtifact {
  public:
    /// One for each of the demands, in their order; never empty.
    [[nodiscard]] const std::vector<VerifiedSignature>& statements() const noexcept {
        return statements_;
    }

    /// The signature, which is always demanded.
    [[nodiscard]] const SignatureFacts& signature() const noexcept {
        return statements_.front().facts();
    }

    /// Everything that was looked at, in the order of the demands.
    [[nodiscard]] const core::Explanation& explanation() const noexcept { return explanation_; }

  private:
    VerifiedArtifact(std::vector<VerifiedSignature> statements, core::Explanation explanation)
        : statements_(std::move(statements)), explanation_(std::move(explanation)) {}

    friend VerifiedArtifact verify_artifact(const digest::Digest& artifact,
                                            std::span<const Evidence> evidence,
                                            const Demands& demands,
                                            const std::optional<std::string>& revision);

    std::vector<VerifiedSignature> statements_;
    core::Explanation explanation_;
};

/// Proof that attestations of an artifact fulfil every demand. Only verify_attestations() can make
/// one.
class AttestedArtifact {
  public:
    /// What fulfils each of the demands, in their order; never empty.
    [[nodiscard]] const std::vector<VerifiedAttestations>& fulfilled() const noexcept {
        return fulfilled_;
    }

    /// Everything that was looked at, in the order of the demands.
    [[nodiscard]] const core::Explanation& explanation() const noexcept { return explanation_; }

  private:
    AttestedArtifact(std::vector<VerifiedAttestations> fulfilled, core::Explanation explanation)
        : fulfilled_(std::move(fulfilled)), explanation_(std::move(explanation)) {}

    friend AttestedArtifact verify_attestations(const digest::Digest& artifact,
                                                std::span<const Evidence> evidence,
                                                const Demands& demands);

    std::vector<VerifiedAttestations> fulfilled_;
    core::Explanation explanation_;
};

/// Every candidate that can fulfil one of `demands`. Errors: as collect_evidence() and
/// collect_attestations().
[[nodiscard]] std::vector<Evidence> collect_for(oci::Store& store,
                                                const digest::Digest& artifact,
                                                const Demands& demands);

/// `revision` is the commit that the artifact's own manifest states, if any: where the demands say
/// so, it must be the one that everybody else states.
/// Errors: as verify_signature_of(), for the first of the demands that is not fulfilled;
/// no_matching_signature (wrong_annotation) for commits that differ. They explain what was looked
/// at.
[[nodiscard]] VerifiedArtifact verify_artifact(const digest::Digest& artifact,
                                               std::span<const Evidence> evidence,
                                               const Demands& demands,
                                               const std::optional<std::string>& revision);

/// The same where each of the demands is of attestations, none of a signature: every one that
/// fulfils it is there. Errors: as verify_attestations() of one demand, for the first that is not
/// fulfilled. They explain what was looked at.
[[nodiscard]] AttestedArtifact verify_attestations(const digest::Digest& artifact,
                                                   std::span<const Evidence> evidence,
                                                   const Demands& demands);

}  // namespace modelseal::sigstore
