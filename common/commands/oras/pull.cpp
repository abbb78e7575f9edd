#include "common/commands/oras/pull.hpp"

#include "common/artifact/leftover_files.hpp"
#include "common/artifact/pull.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/explanation_report.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/oras/output.hpp"
#include "common/commands/signing_key.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

using core::Error;
using core::ErrorKind;

namespace {

std::string_view to_string(artifact::PullOutcome outcome) {
    switch (outcome) {
        case artifact::PullOutcome::written:
            return "written";
        case artifact::PullOutcome::reused:
            return "reused";
        case artifact::PullOutcome::unpacked:
            return "unpacked";
    }
    return "";
}

core::Json to_json(const oci::Repository& repository,
                   const std::filesystem::path& output,
                   const artifact::PulledArtifact& pulled) {
    core::Json json = artifact_json(repository, pulled.descriptor, pulled.manifest);
    core::Json files = core::Json::array();
    std::error_code ignored;  // the folder has been written to; only how it is named is open
    const std::filesystem::path root = std::filesystem::absolute(output, ignored);
    for (const artifact::PulledFile& file : pulled.files) {
        core::Json entry = layer_json(repository, file.layer);
        entry["path"] = core::as_utf8((root / file.path).lexically_normal().string());
        entry["outcome"] = to_string(file.outcome);
        files.push_back(std::move(entry));
    }
    json["files"] = std::move(files);
    json["verified"] = pulled.verified.has_value();
    json["sealed"] = pulled.sealed;
    if (pulled.verified) {
        json["signature"] = signature_json(pulled.verified->signature());
    }
    return json;
}

void print_files(std::ostream& out, const artifact::PulledArtifact& pulled) {
    for (const artifact::PulledFile& file : pulled.files) {
        out << to_string(file.outcome) << "  " << file.layer.digest.to_string() << "  "
            << core::in_quotes(file.path) << '\n';
    }
}

void print_pulled(std::ostream& out,
                  const oci::Repository& repository,
                  const artifact::PulledArtifact& pulled) {
    if (pulled.verified) {
        out << "Verified: signed by " << signer_line(pulled.verified->signature().authentication)
            << '\n';
    }
    out << "Pulled " << pinned(repository, pulled.descriptor.digest) << '\n'
        << "Digest: " << pulled.descriptor.digest.to_string() << '\n';
}

void print_notes(cli::Environment& environment, const artifact::PulledArtifact& pulled) {
    if (!pulled.verified) {
        environment.err << "NOT VERIFIED: nobody was named who must have signed, so nobody vouches "
                           "for this model; give --key FILE or --certificate-identity\n";
    }
    if (!pulled.sealed) {
        environment.err
            << "Note: the artifact has archive layers, whose files its manifest does not "
               "list; modelseal-verify cannot check this folder\n";
    }
}

/// What else lies in the folder. The pull is done: what cannot be listed is no error of it.
std::vector<std::string> leftover_files(cli::Environment& environment,
                                        const std::filesystem::path& output,
                                        const artifact::PulledArtifact& pulled) {
    try {
        return artifact::leftover_files(core::Folder::open(output), pulled.files);
    } catch (const Error& error) {
        environment.err << "Warning: what else " << core::in_quotes(output.string())
                        << " holds is not known: " << error.message() << '\n';
        return {};
    }
}

/// modelseal-verify would refuse the folder for them.
void warn_of_leftovers(cli::Environment& environment,
                       const std::filesystem::path& output,
                       const artifact::PulledArtifact& pulled) {
    constexpr std::size_t names_shown = 5;
    const auto leftover = leftover_files(environment, output, pulled);
    if (leftover.empty()) {
        return;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(leftover.size(), names_shown); ++i) {
        names.push_back(core::in_quotes(leftover[i]));
    }
    environment.err << "Warning: " << core::in_quotes(output.string()) << " also holds "
                    << core::join(names, ", ");
    if (leftover.size() > names_shown) {
        environment.err << " and " << leftover.size() - names_shown << " more";
    }
    environment.err << ", not part of this model: modelseal-verify will refuse the folder until "
                       "they are removed; pull into an empty folder\n";
}

int run_pull(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "pull takes one reference");
    }
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const OpenedStore opened =
        open_source(environment, arguments, arguments.positional().front(), *progress);
    const std::filesystem::path output = arguments.get_or("output", ".");
    const artifact::PulledArtifact pulled = artifact::pull(
        *opened.store,
        {.reference = opened.reference,
         .output = output,
         .demands = demands_of(
             environment,
             Settings::of_flags(arguments, environment.variables),
             {.model = model_of(opened.reference.repository), .quiet = arguments.has("quiet")},
             [&](std::string_view key) { return load_verification_key(environment, key); }),
         .old_files = arguments.has("keep-old-files") ? artifact::OldFiles::kept
                                                      : artifact::OldFiles::replaced,
         .concurrency = concurrency(arguments)},
        *progress);
    const oci::Repository& repository = opened.store->repository();
    const core::Explanation explanation =
        pulled.verified ? pulled.verified->explanation() : core::Explanation();
    print_notes(environment, pulled);
    if (pulled.sealed && !arguments.has("quiet")) {
        warn_of_leftovers(environment, output, pulled);
    }
    if (format == "json") {
        core::Json json = to_json(repository, output, pulled);
        if (arguments.has("explain")) {
            json["explain"] = cli::to_json(explanation);
        }
        environment.out << core::to_pretty_json(json) << '\n';
    } else {
        if (!arguments.has("quiet")) {
            print_files(environment.out, pulled);
        }
        print_pulled(environment.out, repository, pulled);
        if (arguments.has("explain")) {
            cli::print_explanation(environment.err, explanation);
        }
    }
    return cli::exit_ok;
}

}  // namespace

cli::Command pull_command() {
    std::vector<cli::Option> options = {
        {.long_name = "output",
         .short_name = 'o',
         .value = "DIR",
         .help = "folder to write (default .)"},
        {.long_name = "keep-old-files",
         .short_name = 'k',
         .help = "fail instead of replacing a file that has other content"},
        cli::format_option(),
        cli::explain_option(),
        concurrency_option(),
        cli::progress_option(),
    };
    for (const auto& more :
         {signer_options("a PEM file, env://VARIABLE or PLUGIN://KEY"), demand_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    options.push_back(trusted_root_option());
    options.push_back({.long_name = "allow-legacy",
                       .help = "accept signatures in the format of cosign 2 as well"});
    options.insert(options.end(), source_options().begin(), source_options().end());
    options.insert(options.end(), store_options().begin(), store_options().end());
    return {
        .name = "pull",
        .usage = "[OPTIONS] REF",
        .summary = "verify a model's signature, then download and seal it",
        .description =
            "With --key, --certificate-identity or a trust policy nothing is written before a "
            "signature as demanded has been verified. "
            "Every file is checked against its digest while it is written, and takes its name "
            "only when all files are complete. The seal in DIR/.modelseal lets modelseal-verify "
            "prove the folder again without a network.",
        .examples =
            "  oras-modelseal pull --key cosign.pub -o ./serving \\\n"
            "      registry.example.com/models/fraud-detector:v2.3\n"
            "  oras-modelseal pull --trust-policy policy.yaml -o ./serving \\\n"
            "      registry.example.com/models/fraud-detector:v2.3\n"
            "  oras-modelseal pull --certificate-identity release@example.com \\\n"
            "      --certificate-oidc-issuer https://accounts.example.com \\\n"
            "      -o ./serving registry.example.com/models/fraud-detector:v2.3\n",
        .options = std::move(options),
        .run = run_pull};
}

}  // namespace modelseal::commands::oras
