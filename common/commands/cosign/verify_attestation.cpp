#include "common/commands/cosign/verify_attestation.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/explanation_report.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/cosign/stored_artifact.hpp"
#include "common/commands/cosign/verification_options.hpp"
#include "common/commands/cosign/verify_report.hpp"
#include "common/commands/signing_key.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/demands.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/predicate.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <span>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

/// What there is to see of a verified artifact.
struct ShownAttestations {
    std::vector<sigstore::AttestationFacts> attestations{};  // each once
    std::vector<sigstore::RejectedCandidate> rejected{};     // what is none of these
};

struct VerifiedReference {
    std::string reference;
    sigstore::AttestedArtifact verified;
    ShownAttestations shown;
};

AttestationDemands demands_for(cli::Environment& environment,
                               const cli::Arguments& arguments,
                               const oci::Repository& repository,
                               const std::string& type) {
    return require_named(attestation_demands_of(
        environment,
        Settings::of_flags(arguments, environment.variables),
        {.model = model_of(repository),
         .at = asked_time(arguments),
         .quiet = arguments.has("quiet")},
        type,
        [&](std::string_view key) { return load_verification_key(environment, key); }));
}

bool holds(const std::vector<sigstore::AttestationFacts>& all, std::string_view origin) {
    return std::any_of(
        all.begin(), all.end(), [&](const auto& facts) { return facts.origin == origin; });
}

/// By the signer that the options name, else by any that was demanded.
ShownAttestations shown_of(const sigstore::AttestedArtifact& verified, bool names_signer) {
    std::span<const sigstore::VerifiedAttestations> shown = verified.fulfilled();
    if (names_signer) {
        shown = shown.first(1);
    }
    ShownAttestations result;
    for (const sigstore::VerifiedAttestations& by_one : shown) {
        std::ranges::copy_if(
            by_one.all(), std::back_inserter(result.attestations), [&](const auto& facts) {
                return !holds(result.attestations, facts.origin);
            });
    }
    for (const sigstore::VerifiedAttestations& by_one : shown) {
        std::ranges::copy_if(
            by_one.rejected(), std::back_inserter(result.rejected), [&](const auto& candidate) {
                return !holds(result.attestations, candidate.origin);
            });
    }
    return result;
}

VerifiedReference verify_one(cli::Environment& environment,
                             const cli::Arguments& arguments,
                             const std::string& reference,
                             const std::string& type) {
    core::NoProgress no_progress;  // manifests and attestations are small
    OpenedStore opened = open_source(environment, arguments, reference, no_progress);
    const AttestationDemands wanted =
        demands_for(environment, arguments, opened.reference.repository, type);
    return core::with_context(core::concat("verifying ", core::in_quotes(reference)), [&] {
        const digest::Digest artifact =
            oci::fetch(*opened.store, opened.reference).descriptor.digest;
        const auto legacy = arguments.has("allow-legacy") ? sigstore::LegacySignatures::allowed
                                                          : sigstore::LegacySignatures::ignored;
        const auto evidence =
            find_evidence(environment,
                          arguments,
                          opened,
                          sigstore::attestation_bundle_size_limit,
                          [&](oci::Store& signatures) {
                              return sigstore::collect_attestations(signatures, artifact, legacy);
                          });
        auto verified = sigstore::verify_attestations(artifact, evidence, wanted.demands);
        auto shown = shown_of(verified, wanted.names_signer);
        return VerifiedReference{reference, std::move(verified), std::move(shown)};
    });
}

core::Json to_json(const sigstore::AttestationFacts& facts) {
    core::Json json = {{"format", sigstore::to_string(facts.format)},
                       {"origin", core::as_utf8(facts.origin)},
                       {"predicateType", facts.predicate_type}};
    add_signer(json, facts.authentication);
    json["statement"] =
        core::parse_json(facts.statement, {.size = sigstore::attestation_bundle_size_limit});
    return json;
}

core::Json to_json(const VerifiedReference& verified, bool explained) {
    core::Json attestations = core::Json::array();
    for (const sigstore::AttestationFacts& facts : verified.shown.attestations) {
        attestations.push_back(to_json(facts));
    }
    core::Json json = {{"reference", core::as_utf8(verified.reference)},
                       {"digest", verified.shown.attestations.front().artifact.to_string()},
                       {"attestations", std::move(attestations)},
                       {"rejected", rejected_json(verified.shown.rejected)}};
    if (explained) {
        json["explain"] = cli::to_json(verified.verified.explanation());
    }
    return json;
}

/// Envelopes are the result; what was proved about them goes beside it, as with cosign.
void print_text(cli::Environment& environment, const VerifiedReference& verified, bool quiet) {
    for (const sigstore::AttestationFacts& facts : verified.shown.attestations) {
        environment.out << facts.envelope << '\n';
        if (!quiet) {
            environment.err << "Verified "
                            << core::printable(verified.reference, verified.reference.size())
                            << '\n'
                            << "  digest:      " << facts.artifact.to_string() << '\n'
                            << "  type:        " << core::printable(facts.predicate_type) << '\n'
                            << "  attestation: " << sigstore::to_string(facts.format) << ' '
                            << core::printable(facts.origin, facts.origin.size()) << '\n';
            print_signer(environment.err, facts.authentication, "whether it is true");
        }
    }
}

int run_verify_attestation(cli::Environment& environment, const cli::Arguments& arguments) {
    const auto& references = require_references(arguments, "verify-attestation");
    const std::string type = sigstore::resolve_predicate_type(arguments.get_or("type", "custom"));
    const bool as_json = arguments.get_or("format", "text") == "json";
    const bool explained = arguments.has("explain");
    core::Json report = core::Json::array();
    for (const std::string& reference : references) {
        const auto verified = verify_one(environment, arguments, reference, type);
        if (as_json) {
            report.push_back(to_json(verified, explained));
            continue;
        }
        print_text(environment, verified, arguments.has("quiet"));
        if (explained) {
            cli::print_explanation(environment.err, verified.verified.explanation());
        }
    }
    if (as_json) {
        environment.out << core::to_pretty_json(report) << '\n';
    }
    return cli::exit_ok;
}

std::vector<cli::Option> verify_attestation_options() {
    std::vector<cli::Option> options = verification_options();
    const std::vector<cli::Option> own = {
        {.long_name = "trust-policy",
         .value = "FILE",
         .help = "demand what this policy says of statements of the type about the model (default: "
                 "/etc/modelseal/policy.yaml if it is there) [MODELSEAL_TRUST_POLICY]"},
        {.long_name = "model",
         .value = "NAME",
         .help = "the model that the policy is asked about (default: by the repository's name)"},
        {.long_name = "type",
         .value = "TYPE",
         .help = "demand this predicate type: a URI or a name as for attest (default custom)"},
        {.long_name = "allow-legacy",
         .help = "accept attestations in the format of cosign 2 as well"},
        {.long_name = "bundle",
         .value = "FILE",
         .help = "verify with this bundle instead of those in the store"},
        cli::explain_option(),
        cli::format_option(),
        {.long_name = "output",
         .short_name = 'o',
         .value = "FORMAT",
         .help = "as cosign's: either way one envelope a line",
         .choices = {"json", "text"}}};
    for (const auto& more :
         {own, source_options(), store_options(), stock_options_of_verify_attestation()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

}  // namespace

cli::Command verify_attestation_command() {
    return {
        .name = "verify-attestation",
        .usage = "--type TYPE [OPTIONS] REF…",
        .summary = "prove that somebody attests something of one type about a model",
        .description =
            "Looks at every attestation of the artifact, whoever else attested it, and prints the "
            "envelope of each one that is signed by this key or identity, or by whom the trust "
            "policy names for statements of this type, of this type and about this very artifact, "
            "one a line as 'cosign verify-attestation' does. Whether what it states is "
            "true is for its reader to judge.\n"
            "Exit codes: 10 nothing of this type, 11 no such tag, 12 none by this key.",
        .examples =
            "  cosign-modelseal verify-attestation --key cosign.pub \\\n"
            "      --type slsaprovenance1 \\\n"
            "      registry.example.com/models/fraud-detector:v2.3 |\n"
            "      jq -r .payload | base64 -d\n"
            "  cosign-modelseal verify-attestation --type slsaprovenance1 \\\n"
            "      --trust-policy policy.yaml \\\n"
            "      registry.example.com/models/fraud-detector:v2.3\n",
        .options = verify_attestation_options(),
        .run = run_verify_attestation};
}

}  // namespace modelseal::commands::cosign
