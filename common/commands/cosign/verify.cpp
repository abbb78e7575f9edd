#include "common/commands/cosign/verify.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/explanation_report.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/cosign/stored_artifact.hpp"
#include "common/commands/cosign/verification_options.hpp"
#include "common/commands/cosign/verify_report.hpp"
#include "common/commands/signing_key.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/demands.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

VerifiedArtifact verify_one(cli::Environment& environment,
                            const cli::Arguments& arguments,
                            const std::string& reference) {
    core::NoProgress no_progress;  // manifests and signatures are small
    OpenedStore opened = open_source(environment, arguments, reference, no_progress);
    const sigstore::Demands demands = require_named(
        demands_of(environment,
                   Settings::of_flags(arguments, environment.variables),
                   {.model = model_of(opened.reference.repository),
                    .at = asked_time(arguments),
                    .quiet = arguments.has("quiet")},
                   [&](std::string_view key) { return load_verification_key(environment, key); }));
    return core::with_context(core::concat("verifying ", core::in_quotes(reference)), [&] {
        const StoredArtifact stored = fetch_artifact(environment, arguments, opened, demands);
        return VerifiedArtifact{
            reference,
            sigstore::verify_artifact(stored.digest, stored.evidence, demands, stored.revision)};
    });
}

/// What was signed at no trusted time, --at can neither accept nor refuse.
void note_unknown_time(cli::Environment& environment,
                       const cli::Arguments& arguments,
                       const VerifiedArtifact& artifact) {
    const auto& statements = artifact.verified.statements();
    const bool is_unknown = std::any_of(statements.begin(), statements.end(), [](const auto& one) {
        return one.facts().authentication.times.empty();
    });
    if (arguments.has("at") && is_unknown && !arguments.has("quiet")) {
        environment.err << "Note: nothing trusted says when " << core::in_quotes(artifact.reference)
                        << " was signed: whether it was by the time of --at is not checked\n";
    }
}

int run_verify(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    core::Json verified = core::Json::array();
    for (const std::string& reference : require_references(arguments, "verify")) {
        const VerifiedArtifact artifact = verify_one(environment, arguments, reference);
        note_unknown_time(environment, arguments, artifact);
        const core::Explanation& explanation = artifact.verified.explanation();
        if (format == "json") {
            core::Json json = to_json(artifact);
            if (arguments.has("explain")) {
                json["explain"] = cli::to_json(explanation);
            }
            verified.push_back(std::move(json));
        } else {
            print_text(environment.out, artifact);
            if (arguments.has("explain")) {
                cli::print_explanation(environment.err, explanation);
            }
        }
    }
    if (format == "json") {
        environment.out << core::to_go_json(verified) << '\n';
    }
    return cli::exit_ok;
}

std::vector<cli::Option> verify_options() {
    std::vector<cli::Option> options = verification_options();
    options.insert(options.end(), demand_options().begin(), demand_options().end());
    options.push_back({.long_name = "allow-legacy",
                       .help = "accept signatures in the format of cosign 2 as well"});
    options.push_back({.long_name = "bundle",
                       .value = "FILE",
                       .help = "verify with this bundle instead of those in the store"});
    options.push_back(cli::explain_option());
    cli::Option format = cli::format_option();
    format.short_name = 'o';
    format.aliases = {"output"};  // cosign's name
    options.push_back(std::move(format));
    for (const auto& more : {source_options(), store_options(), stock_options_of_verify()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

}  // namespace

cli::Command verify_command() {
    return {.name = "verify",
            .usage = "[OPTIONS] REF…",
            .summary = "prove that a model is signed by somebody, as this very model",
            .description =
                "Looks at every signature of the artifact, whoever else signed it. It must be a "
                "signature (an attestation is none), by this key or identity, with every demanded "
                "annotation, "
                "and a model name that it states must be the one that was asked for.\n"
                "Exit codes are cosign's: 10 not signed, 11 no such tag, 12 no signature matches.",
            .examples =
                "  cosign-modelseal verify --key cosign.pub \\\n"
                "      registry.example.com/models/fraud-detector:v2.3\n"
                "  cosign-modelseal verify --key cosign.pub --format json \\\n"
                "      --oci-layout ./store:v2.3\n"
                "  cosign-modelseal verify --certificate-identity release@example.com \\\n"
                "      --certificate-oidc-issuer https://accounts.example.com \\\n"
                "      registry.example.com/models/fraud-detector:v2.3\n"
                "  cosign-modelseal verify --trust-policy policy.yaml \\\n"
                "      registry.example.com/models/fraud-detector:v2.3\n",
            .options = verify_options(),
            .run = run_verify};
}

}  // namespace modelseal::commands::cosign
