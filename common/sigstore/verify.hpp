// Deciding whether an artifact is signed as somebody demands.
#pragma once

#include "common/core/explanation.hpp"
#include "common/core/reason.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"
#include "common/sigstore/authentication.hpp"
#include "common/sigstore/evidence.hpp"
#include "common/sigstore/requirements.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelseal::sigstore {

/// What a verified signature says and how it was made.
struct SignatureFacts {
    digest::Digest artifact;
    SignatureFormat format;
    std::string origin;             // as in its Evidence
    std::string content;            // the exact bundle, or the simple-signing payload
    Authentication authentication;  // who signed, and when
    std::string predicate_type;     // empty for legacy signatures, which have none
    oci::Annotations annotations;   // signed
    bool states_model;              // whether the statement names a model
    std::vector<core::CheckNote> checks{};
};

/// A candidate that was considered and why it does not count.
struct RejectedCandidate {
    std::string origin;
    core::Reason reason;
    std::string why;
    std::vector<core::CheckNote> checks{};  // the last one failed
};

/// Proof that a signature fulfils Requirements. Only verify_signature_of() can make one.
class VerifiedSignature {
  public:
    [[nodiscard]] const SignatureFacts& facts() const noexcept { return facts_; }

    /// Candidates that were looked at before this one.
    [[nodiscard]] const std::vector<RejectedCandidate>& rejected() const noexcept {
        return rejected_;
    }

  private:
    VerifiedSignature(SignatureFacts facts, std::vector<RejectedCandidate> rejected)
        : facts_(std::move(facts)), rejected_(std::move(rejected)) {}

    friend VerifiedSignature verify_signature_of(const digest::Digest& artifact,
                                                 std::span<const Evidence> evidence,
                                                 const Requirements& requirements,
                                                 const Trust& trust);

    SignatureFacts facts_;
    std::vector<RejectedCandidate> rejected_;
};

/// The first piece of evidence that is a signature of `artifact` and fulfils every requirement.
/// A bundle counts only with the predicate type that is required, usually
/// https://sigstore.dev/cosign/sign/v1: an attestation, whatever it says, is not a signature.
/// Errors: usage without a signer; no_signature when there is no candidate or only attestations
/// (of a statement that is demanded, no_matching_signature with missing_statement);
/// no_matching_signature, with what is wrong with each candidate, otherwise.
[[nodiscard]] VerifiedSignature verify_signature_of(const digest::Digest& artifact,
                                                    std::span<const Evidence> evidence,
                                                    const Requirements& requirements,
                                                    const Trust& trust);

/// Every signature of `artifact` among `evidence` that fulfils `asked`; never empty. Where `asked`
/// names no signer, those by whomever a trusted certificate names: whoever can write to the store
/// can be among them, so a person must say whether one is to be believed.
/// Errors: as verify_signature_of() but for usage; a signature by a key that nobody gave is by the
/// wrong signer.
[[nodiscard]] std::vector<SignatureFacts> signatures_of(const digest::Digest& artifact,
                                                        std::span<const Evidence> evidence,
                                                        Requirements asked,
                                                        const Trust& trust);

}  // namespace modelseal::sigstore
