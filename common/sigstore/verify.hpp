// Deciding whether an artifact is signed as somebody demands.
#pragma once

#include "common/core/reason.hpp"
#include "common/crypto/public_key.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"
#include "common/sigstore/evidence.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelseal::sigstore {

/// The model that a signature must name (signed annotation `model`).
struct RequiredModel {
    std::string name;
    /// Whether a statement that names no model at all, as stock cosign's, is acceptable: it is when
    /// the artifact was asked for by name, and not when only files are at hand.
    bool may_be_unstated = false;
};

/// What a signature must fulfil. All of it must hold in one statement and its matching subject.
struct Requirements {
    std::vector<crypto::PublicKey> keys{};  // signed by any of these
    oci::Annotations annotations{};         // each with exactly this value
    std::optional<RequiredModel> model{};
    std::optional<std::string> min_version{};  // of the signed annotation `version`
    bool allow_legacy = false;                 // simple signing counts as well
};

/// What a verified signature says and how it was made.
struct SignatureFacts {
    digest::Digest artifact;
    SignatureFormat format;
    std::string origin;     // as in its Evidence
    std::string content;    // the exact bundle, or the simple-signing payload
    crypto::PublicKey key;  // that it verified with
    crypto::HashAlgorithm hash;
    std::string predicate_type;    // empty for legacy signatures, which have none
    oci::Annotations annotations;  // signed
    bool states_model;             // whether the statement names a model
    bool has_log_entry;            // carried but not checked: nothing is claimed about time
};

/// A candidate that was considered and why it does not count.
struct RejectedCandidate {
    std::string origin;
    core::Reason reason;
    std::string why;
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
                                                 const Requirements& requirements);

    SignatureFacts facts_;
    std::vector<RejectedCandidate> rejected_;
};

/// The first piece of evidence that is a signature of `artifact` and fulfils every requirement.
/// A bundle counts only with predicate type https://sigstore.dev/cosign/sign/v1: an attestation,
/// whatever it says, is not a signature.
/// Errors: usage without a key; no_signature when there is no candidate or only attestations;
/// no_matching_signature, with what is wrong with each candidate, otherwise.
[[nodiscard]] VerifiedSignature verify_signature_of(const digest::Digest& artifact,
                                                    std::span<const Evidence> evidence,
                                                    const Requirements& requirements);

}  // namespace modelseal::sigstore
