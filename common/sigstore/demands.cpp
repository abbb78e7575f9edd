#include "common/sigstore/demands.hpp"

#include "common/core/error.hpp"
#include "common/sigstore/commit_relation.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/predicate.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/signed_annotations.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::Error;
using core::ErrorKind;

bool is_signature(const Requirements& requirements) noexcept {
    return requirements.predicate_type == predicate_types::cosign_sign;
}

/// The commit that a verified provenance statement says the model was trained from.
std::optional<std::string> provenance_commit(const SignatureFacts& facts) {
    const Bundle bundle = Bundle::parse(facts.content, attestation_bundle_size_limit);
    const core::Json statement = core::parse_json(std::get<Envelope>(bundle.content).payload,
                                                  {.size = attestation_bundle_size_limit});
    const core::Json* predicate = core::find(statement, "predicate");
    const core::Json* training =
        predicate == nullptr ? nullptr : core::find(*predicate, "training");
    return training == nullptr || !training->is_object()
               ? std::nullopt
               : core::optional_string(*training, "commit");
}

/// The commits that the verified statements and the artifact state.
StatedCommits commits_of(const VerifiedArtifact& artifact,
                         const std::optional<std::string>& revision) {
    StatedCommits commits{.artifact = revision};
    const SignatureFacts& signature = artifact.signature();
    const auto stated = signature.annotations.find(signed_annotations::training_commit);
    if (stated != signature.annotations.end()) {
        commits.signature = stated->second;
    }
    if (const auto* signer = std::get_if<SigningCertificate>(&signature.authentication.signer)) {
        commits.certificate = signer->identity.source_repository_digest;
    }
    for (const VerifiedSignature& statement : artifact.statements()) {
        if (statement.facts().predicate_type == predicate_types::modelseal_provenance) {
            commits.provenance = provenance_commit(statement.facts());
        }
    }
    return commits;
}

void require_same_commit(const Demands& demands,
                         const VerifiedArtifact& artifact,
                         const std::optional<std::string>& revision) {
    const bool demanded = std::any_of(demands.statements.begin(),
                                      demands.statements.end(),
                                      [](const auto& one) { return one.same_commit; });
    if (!demanded) {
        return;
    }
    if (const auto why = why_commits_disagree(commits_of(artifact, revision))) {
        throw Error(ErrorKind::no_matching_signature, core::Reason::wrong_annotation, *why);
    }
}

}  // namespace

bool Demands::names_model() const noexcept {
    return std::any_of(statements.begin(), statements.end(), [](const Requirements& one) {
        return one.model.has_value();
    });
}

bool Demands::names_version() const noexcept {
    return std::any_of(statements.begin(), statements.end(), [](const Requirements& one) {
        return one.min_version.has_value();
    });
}

bool Demands::allows_legacy() const noexcept {
    return std::any_of(statements.begin(), statements.end(), [](const Requirements& one) {
        return one.allow_legacy;
    });
}

std::vector<Evidence> collect_for(oci::Store& store,
                                  const digest::Digest& artifact,
                                  const Demands& demands) {
    const auto legacy =
        demands.allows_legacy() ? LegacySignatures::allowed : LegacySignatures::ignored;
    const bool only_signatures =
        std::all_of(demands.statements.begin(), demands.statements.end(), is_signature);
    if (only_signatures) {
        return collect_evidence(store, artifact, legacy);
    }
    // Attestations stand among the same referrers, and may be larger.
    auto evidence = collect_attestations(store, artifact, LegacySignatures::ignored);
    if (legacy == LegacySignatures::allowed) {
        for (Evidence& candidate : collect_evidence(store, artifact, legacy)) {
            if (candidate.format == SignatureFormat::legacy) {
                evidence.push_back(std::move(candidate));
            }
        }
    }
    return evidence;
}

VerifiedArtifact verify_artifact(const digest::Digest& artifact,
                                 std::span<const Evidence> evidence,
                                 const Demands& demands,
                                 const std::optional<std::string>& revision) {
    if (demands.statements.empty()) {
        throw Error(ErrorKind::internal, "an artifact cannot be verified against nothing");
    }
    std::vector<VerifiedSignature> statements;
    for (const Requirements& requirements : demands.statements) {
        statements.push_back(verify_signature_of(artifact, evidence, requirements, demands.trust));
    }
    VerifiedArtifact verified(std::move(statements));
    require_same_commit(demands, verified, revision);
    return verified;
}

}  // namespace modelseal::sigstore
