// Deciding whether something of a given type is attested about an artifact.
#pragma once

#include "common/core/reason.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/evidence.hpp"
#include "common/sigstore/verify.hpp"

#include <span>
#include <string>
#include <vector>

namespace modelseal::sigstore {

/// What a verified attestation says and how it was made. Who signed it and its type are verified;
/// whether its predicate is true, nobody can tell.
struct AttestationFacts {
    digest::Digest artifact;
    SignatureFormat format;
    std::string origin;             // as in its Evidence
    std::string content;            // the exact bundle, or the legacy envelope
    std::string envelope;           // the DSSE envelope as JSON in one line
    std::string statement;          // its payload: the bytes that were signed
    Authentication authentication;  // who signed, and when
    std::string predicate_type;
    std::vector<core::CheckNote> checks{};
};

/// Proof that at least one attestation fulfils Requirements. Only verify_attestations()
/// can make one.
class VerifiedAttestations {
  public:
    /// Every one that does, in the order of the evidence; never empty.
    [[nodiscard]] const std::vector<AttestationFacts>& all() const noexcept { return all_; }

    /// What else was looked at.
    [[nodiscard]] const std::vector<RejectedCandidate>& rejected() const noexcept {
        return rejected_;
    }

    /// Everything that was looked at.
    [[nodiscard]] core::Explanation explanation() const;

  private:
    VerifiedAttestations(std::vector<AttestationFacts> all, std::vector<RejectedCandidate> rejected)
        : all_(std::move(all)), rejected_(std::move(rejected)) {}

    friend VerifiedAttestations verify_attestations(const digest::Digest& artifact,
                                                    std::span<const Evidence> evidence,
                                                    const Requirements& requirements,
                                                    const Trust& trust);

    std::vector<AttestationFacts> all_;
    std::vector<RejectedCandidate> rejected_;
};

/// Every piece of evidence that is an attestation of `requirements.predicate_type` about
/// `artifact`, by one of the signers, with every annotation that `requirements` demand. What is
/// broken or by others hides nothing.
/// Errors: usage without a signer; no_signature when nothing of this type is there;
/// no_matching_signature, with what is wrong with each candidate, otherwise.
[[nodiscard]] VerifiedAttestations verify_attestations(const digest::Digest& artifact,
                                                       std::span<const Evidence> evidence,
                                                       const Requirements& requirements,
                                                       const Trust& trust);

}  // namespace modelseal::sigstore
