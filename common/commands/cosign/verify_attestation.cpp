#include "common/commands/cosign/verify_attestation.hpp"

#include "common/cli/exit_code.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/cosign/verification_options.hpp"
#include "common/commands/cosign/verify_report.hpp"
#include "common/commands/signature_store.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/attestation.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/predicate.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using core::Error;
using core::ErrorKind;

/// From a file when --bundle names one, else whatever the store holds.
std::vector<sigstore::Evidence> find_evidence(cli::Environment& environment,
                                              const cli::Arguments& arguments,
                                              OpenedStore& opened,
                                              const digest::Digest& artifact) {
    if (const auto path = arguments.get("bundle")) {
        return {{.format = sigstore::SignatureFormat::bundle,
                 .origin = *path,
                 .content = core::read_small_file(*path, sigstore::attestation_bundle_size_limit)}};
    }
    const SignatureStore signatures(environment, arguments, opened, Access::read);
    return sigstore::collect_attestations(signatures.get(),
                                          artifact,
                                          arguments.has("allow-legacy")
                                              ? sigstore::LegacySignatures::allowed
                                              : sigstore::LegacySignatures::ignored);
}

struct VerifiedReference {
    std::string reference;
    sigstore::VerifiedAttestations attestations;
};

VerifiedReference verify_one(cli::Environment& environment,
                             const cli::Arguments& arguments,
                             const std::string& reference,
                             const SignerDemand& demand) {
    core::NoProgress no_progress;  // manifests and attestations are small
    OpenedStore opened = open_source(environment, arguments, reference, no_progress);
    return core::with_context(core::concat("verifying ", core::in_quotes(reference)), [&] {
        const digest::Digest artifact =
            oci::fetch(*opened.store, opened.reference).descriptor.digest;
        const auto evidence = find_evidence(environment, arguments, opened, artifact);
        return VerifiedReference{
            reference,
            sigstore::verify_attestations(artifact, evidence, demand.requirements, demand.trust)};
    });
}

core::Json to_json(const sigstore::AttestationFacts& facts) {
    core::Json json = {{"format", sigstore::to_string(facts.format)},
                       {"origin", facts.origin},
                       {"predicateType", facts.predicate_type}};
    add_signer(json, facts.authentication);
    json["statement"] =
        core::parse_json(facts.statement, {.size = sigstore::attestation_bundle_size_limit});
    return json;
}

core::Json to_json(const VerifiedReference& verified) {
    core::Json attestations = core::Json::array();
    for (const sigstore::AttestationFacts& facts : verified.attestations.all()) {
        attestations.push_back(to_json(facts));
    }
    return {{"reference", verified.reference},
            {"digest", verified.attestations.all().front().artifact.to_string()},
            {"attestations", std::move(attestations)},
            {"rejected", rejected_json(verified.attestations.rejected())}};
}

/// Envelopes are the result; what was proved about them goes beside it, as with cosign.
void print_text(cli::Environment& environment, const VerifiedReference& verified, bool quiet) {
    const auto& all = verified.attestations.all();
    for (const sigstore::AttestationFacts& facts : all) {
        environment.out << facts.envelope << '\n';
        if (!quiet) {
            environment.err << "Verified " << verified.reference << '\n'
                            << "  digest:      " << facts.artifact.to_string() << '\n'
                            << "  type:        " << facts.predicate_type << '\n'
                            << "  attestation: " << sigstore::to_string(facts.format) << ' '
                            << facts.origin << '\n';
            print_signer(environment.err, facts.authentication, "whether it is true");
        }
    }
}

int run_verify_attestation(cli::Environment& environment, const cli::Arguments& arguments) {
    const auto& references = arguments.positional();
    if (references.empty()) {
        throw Error(ErrorKind::usage, "verify-attestation takes at least one reference");
    }
    if (arguments.has("bundle") && references.size() > 1) {
        throw Error(ErrorKind::usage, "--bundle is about one artifact: name one reference");
    }
    SignerDemand demand = signer_demand(environment, arguments);
    demand.requirements.predicate_type =
        sigstore::resolve_predicate_type(arguments.get_or("type", "custom"));
    const bool as_json = arguments.get_or("format", "text") == "json";
    core::Json report = core::Json::array();
    for (const std::string& reference : references) {
        const auto verified = verify_one(environment, arguments, reference, demand);
        if (as_json) {
            report.push_back(to_json(verified));
        } else {
            print_text(environment, verified, arguments.has("quiet"));
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
        {.long_name = "type",
         .value = "TYPE",
         .help = "demand this predicate type: a URI or a name as for attest (default custom)"},
        {.long_name = "allow-legacy",
         .help = "accept attestations in the format of cosign 2 as well"},
        {.long_name = "bundle",
         .value = "FILE",
         .help = "verify with this bundle instead of those in the store"},
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
        .usage = "--key KEY --type TYPE [OPTIONS] REF…",
        .summary = "prove that somebody attests something of one type about a model",
        .description =
            "Looks at every attestation of the artifact, whoever else attested it, and prints the "
            "envelope of each one that is signed by this key or identity, of this type and about "
            "this very "
            "artifact, one a line as 'cosign verify-attestation' does. Whether what it states is "
            "true is for its reader to judge.\n"
            "Exit codes: 10 nothing of this type, 11 no such tag, 12 none by this key.",
        .examples =
            "  cosign-modelseal verify-attestation --key cosign.pub \\\n"
            "      --type slsaprovenance1 \\\n"
            "      registry.example.com/models/fraud-detector:v2.3 |\n"
            "      jq -r .payload | base64 -d\n",
        .options = verify_attestation_options(),
        .run = run_verify_attestation};
}

}  // namespace modelseal::commands::cosign
