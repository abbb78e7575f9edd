#include "common/sigstore/demands.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/commit_relation.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/predicate.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/rejected.hpp"
#include "common/sigstore/signed_conditions.hpp"

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

/// The commits that the artifact and every verified statement about it state.
std::vector<StatedCommit> all_commits(const std::vector<VerifiedSignature>& statements,
                                      const std::optional<std::string>& revision) {
    std::vector<StatedCommit> commits;
    if (revision) {
        commits.push_back({"the artifact", *revision});
    }
    for (const VerifiedSignature& statement : statements) {
        const SignatureFacts& facts = statement.facts();
        const auto stated = commits_of(facts.authentication, facts.annotations);
        commits.insert(commits.end(), stated.begin(), stated.end());
        if (facts.predicate_type == predicate_types::modelseal_provenance) {
            if (auto commit = read_evidence([&] { return provenance_commit(facts); })) {
                commits.push_back({"the provenance", *std::move(commit)});
            }
        }
    }
    return commits;
}

/// Whichever of the demands asks for it.
bool asks_for_one_commit(const Demands& demands) noexcept {
    return std::any_of(demands.statements.begin(), demands.statements.end(), [](const auto& one) {
        return one.same_commit;
    });
}

/// The one commit that all who state one about the artifact state.
std::string one_commit(const std::vector<VerifiedSignature>& statements,
                       const std::optional<std::string>& revision) {
    std::optional<std::string> why;
    std::vector<StatedCommit> commits;
    try {
        commits = all_commits(statements, revision);
        why = why_commits_disagree(commits);
    } catch (const Error& error) {
        why = error.message();  // signed, and not to be read
    }
    if (why) {
        throw Error(ErrorKind::no_matching_signature, core::Reason::wrong_annotation, *why);
    }
    return commits.front().commit;
}

/// What was looked at of the statement that fulfils a demand, and of others before it.
void explain(core::Explanation& explanation,
             const Requirements& requirements,
             const VerifiedSignature& statement) {
    explanation.append(explain_rejected(requirements.predicate_type, statement.rejected()));
    explanation.candidates.push_back({.statement = requirements.predicate_type,
                                      .origin = statement.facts().origin,
                                      .accepted = true,
                                      .checks = statement.facts().checks});
}

/// Runs `body`, which explains what it looks at. An error then explains all of it.
template <typename Body>
void explained(core::Explanation& explanation, Body body) {
    try {
        body();
    } catch (Error& error) {
        explanation.append(error.explanation());
        error.explain(std::move(explanation));
        throw;
    }
}

/// Runs `body`, which looks for a statement that is demanded beside what `held`. An error then says
/// that the artifact is signed: a statement that is missing is no missing signature.
template <typename Body>
void beside(const std::vector<VerifiedSignature>& held, const Requirements& demanded, Body body) {
    if (held.empty() || is_signature(demanded)) {
        body();
        return;
    }
    const SignatureFacts& signature = held.front().facts();
    core::with_context(core::concat(signature.artifact.to_string(),
                                    " is signed by ",
                                    signature.authentication.signer_text(),
                                    ", but the trust policy demands a statement as well"),
                       body);
}

void require_any(const Demands& demands) {
    if (demands.statements.empty()) {
        throw Error(ErrorKind::internal, "an artifact cannot be verified against nothing");
    }
}

/// What holds of all statements together, and not of one.
void require_one_commit(const digest::Digest& artifact,
                        const std::vector<VerifiedSignature>& statements,
                        const std::optional<std::string>& revision,
                        core::Explanation& explanation) {
    CheckNotes notes;
    const auto explain_all = [&](bool accepted) {
        explanation.candidates.push_back({.statement = "all statements together",
                                          .origin = artifact.to_string(),
                                          .accepted = accepted,
                                          .checks = notes.take()});
    };
    try {
        notes.check("same commit of all", [&] { return one_commit(statements, revision); });
    } catch (const Error&) {
        explain_all(false);
        throw;
    }
    explain_all(true);
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
    require_any(demands);
    std::vector<VerifiedSignature> statements;
    core::Explanation explanation;
    explained(explanation, [&] {
        for (Requirements requirements : demands.statements) {
            requirements.revision = revision;
            beside(statements, requirements, [&] {
                statements.push_back(
                    verify_signature_of(artifact, evidence, requirements, demands.trust));
            });
            explain(explanation, requirements, statements.back());
        }
        if (asks_for_one_commit(demands)) {
            require_one_commit(artifact, statements, revision, explanation);
        }
    });
    return {std::move(statements), std::move(explanation)};
}

AttestedArtifact verify_attestations(const digest::Digest& artifact,
                                     std::span<const Evidence> evidence,
                                     const Demands& demands) {
    require_any(demands);
    std::vector<VerifiedAttestations> fulfilled;
    core::Explanation explanation;
    explained(explanation, [&] {
        for (const Requirements& requirements : demands.statements) {
            fulfilled.push_back(
                verify_attestations(artifact, evidence, requirements, demands.trust));
            explanation.append(fulfilled.back().explanation());
        }
    });
    return {std::move(fulfilled), std::move(explanation)};
}

}  // namespace modelseal::sigstore
