#include "common/commands/cosign/verify_report.hpp"

#include "common/core/text.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

/// What stock cosign prints as `type` for its older signatures.
constexpr std::string_view legacy_type = "cosign container image signature";

core::Json annotations_json(const oci::Annotations& annotations) {
    core::Json json = core::Json::object();
    for (const auto& [key, value] : annotations) {
        json[key] = value;
    }
    return json;
}

core::Json rejected_json(const std::vector<sigstore::RejectedCandidate>& rejected) {
    core::Json json = core::Json::array();
    for (const sigstore::RejectedCandidate& candidate : rejected) {
        json.push_back({{"origin", candidate.origin},
                        {"reason", core::to_string(candidate.reason)},
                        {"message", candidate.why}});
    }
    return json;
}

}  // namespace

core::Json to_json(const VerifiedArtifact& artifact) {
    const sigstore::SignatureFacts& facts = artifact.signature.facts();
    const bool is_bundle = facts.format == sigstore::SignatureFormat::bundle;
    return {{"critical",
             {{"identity", {{"docker-reference", artifact.reference}}},
              {"image", {{"docker-manifest-digest", facts.artifact.to_string()}}},
              {"type", is_bundle ? facts.predicate_type : std::string(legacy_type)}}},
            {"optional", annotations_json(facts.annotations)},
            {"verified",
             {{"format", sigstore::to_string(facts.format)},
              {"origin", facts.origin},
              {"key", facts.key.fingerprint().to_string()},
              {"keyAlgorithm", crypto::to_string(facts.key.algorithm())},
              {"hash", crypto::to_string(facts.hash)},
              {"modelStated", facts.states_model},
              {"transparencyLog", "not-checked"},
              {"time", "not-checked"},
              {"rejected", rejected_json(artifact.signature.rejected())}}}};
}

void print_text(std::ostream& out, const VerifiedArtifact& artifact) {
    const sigstore::SignatureFacts& facts = artifact.signature.facts();
    out << "Verified " << artifact.reference << '\n'
        << "  digest:      " << facts.artifact.to_string() << '\n'
        << "  signed by:   key " << facts.key.fingerprint().to_string() << " ("
        << crypto::to_string(facts.key.algorithm()) << ")\n"
        << "  signature:   " << sigstore::to_string(facts.format) << ' ' << facts.origin << '\n';
    for (const auto& [key, value] : facts.annotations) {
        out << "  annotation:  " << core::in_quotes(key) << " = " << core::in_quotes(value) << '\n';
    }
    if (!facts.states_model) {
        out << "  not stated:  which model it is\n";
    }
    out << "  not checked: transparency log, time of signing\n";
}

}  // namespace modelseal::commands::cosign
