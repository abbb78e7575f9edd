#include "common/commands/cosign/verify_report.hpp"

#include "common/commands/trust/signer_report.hpp"
#include "common/core/text.hpp"

#include <ostream>
#include <span>

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

/// Beside the signature, what a policy demanded.
core::Json statements_json(const sigstore::VerifiedArtifact& artifact) {
    core::Json list = core::Json::array();
    for (const sigstore::VerifiedSignature& statement :
         std::span(artifact.statements()).subspan(1)) {
        core::Json one = {{"predicateType", statement.facts().predicate_type},
                          {"origin", core::as_utf8(statement.facts().origin)}};
        add_signer(one, statement.facts().authentication);
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace

core::Json rejected_json(const std::vector<sigstore::RejectedCandidate>& rejected) {
    core::Json json = core::Json::array();
    for (const sigstore::RejectedCandidate& candidate : rejected) {
        json.push_back({{"origin", core::as_utf8(candidate.origin)},
                        {"reason", core::to_string(candidate.reason)},
                        {"message", core::as_utf8(candidate.why)}});
    }
    return json;
}

core::Json to_json(const VerifiedArtifact& artifact) {
    const sigstore::VerifiedSignature& signature = artifact.verified.statements().front();
    const sigstore::SignatureFacts& facts = signature.facts();
    const bool is_bundle = facts.format == sigstore::SignatureFormat::bundle;
    core::Json verified = {{"format", sigstore::to_string(facts.format)},
                           {"origin", core::as_utf8(facts.origin)}};
    add_signer(verified, facts.authentication);
    verified["modelStated"] = facts.states_model;
    verified["statements"] = statements_json(artifact.verified);
    verified["rejected"] = rejected_json(signature.rejected());
    return {{"critical",
             {{"identity", {{"docker-reference", core::as_utf8(artifact.reference)}}},
              {"image", {{"docker-manifest-digest", facts.artifact.to_string()}}},
              {"type", is_bundle ? facts.predicate_type : std::string(legacy_type)}}},
            {"optional", annotations_json(facts.annotations)},
            {"verified", std::move(verified)}};
}

void print_text(std::ostream& out, const VerifiedArtifact& artifact) {
    const sigstore::SignatureFacts& facts = artifact.verified.signature();
    out << "Verified " << core::printable(artifact.reference, artifact.reference.size()) << '\n'
        << "  digest:      " << facts.artifact.to_string() << '\n'
        << "  signature:   " << sigstore::to_string(facts.format) << ' '
        << core::printable(facts.origin, facts.origin.size()) << '\n';
    for (const auto& [key, value] : facts.annotations) {
        out << "  annotation:  " << core::in_quotes(key) << " = " << core::in_quotes(value) << '\n';
    }
    if (!facts.states_model) {
        out << "  not stated:  which model it is\n";
    }
    print_signer(out, facts.authentication);
    for (const sigstore::VerifiedSignature& statement :
         std::span(artifact.verified.statements()).subspan(1)) {
        out << "  and stated:  " << core::printable(statement.facts().predicate_type) << ", by "
            << signer_line(statement.facts().authentication) << '\n';
    }
}

}  // namespace modelseal::commands::cosign
