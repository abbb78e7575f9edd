#include "common/commands/cosign/sign.hpp"

#include "common/artifact/manifest_annotations.hpp"
#include "common/artifact/signing.hpp"
#include "common/artifact/signing_annotations.hpp"
#include "common/artifact/signing_check.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/check_level.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/git_checkout.hpp"
#include "common/commands/opened_signer.hpp"
#include "common/commands/service_options.hpp"
#include "common/commands/signature_store.hpp"
#include "common/commands/signed_report.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/text.hpp"
#include "common/model/findings/finding_text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using artifact::CheckLevel;
using core::concat;
using core::Error;
using core::ErrorKind;

oci::Annotations given_annotations(const cli::Arguments& arguments) {
    oci::Annotations annotations;
    for (const std::string& word : arguments.get_all("annotations")) {
        const auto annotation = core::split_key_value(word);
        if (!annotation || !core::is_utf8(word)) {
            throw Error(ErrorKind::usage,
                        concat("--annotations takes KEY=VALUE, not ", core::in_quotes(word)));
        }
        if (!annotations.insert(*annotation).second) {
            throw Error(
                ErrorKind::usage,
                concat("--annotations gives two values for ", core::in_quotes(annotation->first)));
        }
    }
    return annotations;
}

/// Everything on the command line that can be wrong without asking anybody.
void check_arguments(const cli::Environment& environment, const cli::Arguments& arguments) {
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "sign takes exactly one reference");
    }
    check_signer_options(environment, arguments);
    if (!is_on(arguments, "upload", "true") &&
        (!arguments.has("bundle") || arguments.has("legacy"))) {
        throw Error(ErrorKind::usage,
                    arguments.has("legacy") ? "--legacy is about what is uploaded"
                                            : "--upload=false without --bundle would keep nothing");
    }
    if (const auto path = arguments.get("bundle")) {
        core::require_writable(*path);
    }
    if (arguments.has("check") && arguments.has("no-check")) {
        throw Error(ErrorKind::usage, "--check and --no-check exclude each other");
    }
}

/// What is going to be checked, and signed as checked.
CheckLevel level_for(const cli::Arguments& arguments,
                     const oci::Repository& repository,
                     const oci::ManifestContent& content) {
    const CheckLevel wanted =
        arguments.has("no-check") ? CheckLevel::none : check_level(arguments, repository);
    return wanted == CheckLevel::none || oci::is_index(content.descriptor.media_type)
               ? wanted
               : artifact::attainable_level(oci::Manifest::parse(content.bytes), wanted);
}

/// Git facts only of a repository that was named, or of a CI job: the folder in which somebody
/// signs may have nothing to do with the model.
std::optional<git::GitFacts> stated_git(const cli::Environment& environment,
                                        const cli::Arguments& arguments) {
    if (const auto folder = arguments.get("repo")) {
        return facts_of_checkout(*folder);
    }
    return git::facts_from_ci(environment.variables);
}

/// What the artifact's commit is compared with: here the current folder counts, because nothing is
/// claimed unless its remote is the artifact's source.
std::optional<git::GitFacts> nearby_git(const cli::Environment& environment,
                                        const cli::Arguments& arguments,
                                        const oci::Manifest& manifest) {
    if (!manifest.annotations.contains(oci::annotation_keys::revision) ||
        !manifest.annotations.contains(oci::annotation_keys::source)) {
        return std::nullopt;
    }
    if (arguments.has("repo")) {
        return stated_git(environment, arguments);
    }
    auto facts = git::read_facts(".");
    return facts ? facts : git::facts_from_ci(environment.variables);
}

void check(cli::Environment& environment,
           const cli::Arguments& arguments,
           oci::Store& store,
           const oci::ManifestContent& content,
           CheckLevel level) {
    if (level == CheckLevel::none) {
        return;
    }
    if (oci::is_index(content.descriptor.media_type)) {
        throw Error(ErrorKind::usage,
                    "this is an index of several artifacts: sign each of them, or the index "
                    "with --no-check");
    }
    const auto manifest = oci::Manifest::parse(content.bytes);
    artifact::check_commit(manifest, nearby_git(environment, arguments, manifest));
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const auto checked = artifact::check_before_signing(
        store,
        manifest,
        level,
        {.allowances = model::Allowances::parse(arguments.get_all("allow"))},
        *progress);
    if (!arguments.has("quiet")) {
        for (const model::Finding& finding : checked.findings) {
            environment.err << core::in_quotes(finding.file) << ": " << model::to_text(finding)
                            << '\n';
        }
    }
}

artifact::SigningSources sources_of(const cli::Environment& environment,
                                    const cli::Arguments& arguments,
                                    const oci::Reference& reference,
                                    const oci::ManifestContent& content,
                                    CheckLevel level) {
    const bool is_index = oci::is_index(content.descriptor.media_type);
    return {.model = arguments.get("model"),
            .version = arguments.get("model-version"),
            .annotations = given_annotations(arguments),
            .artifact = is_index ? oci::Index::parse(content.bytes).annotations
                                 : oci::Manifest::parse(content.bytes).annotations,
            .git = stated_git(environment, arguments),
            .ci_run = artifact::run_of_ci(environment.variables),
            .repository = reference.repository,
            .tag = reference.tags.empty() ? std::nullopt : std::optional(reference.tags.front()),
            .check = level};
}

void print(std::ostream& out,
           const std::string& format,
           const std::string& pinned,
           const SignedModel& model) {
    if (format == "json") {
        core::Json json = {{"reference", pinned}};
        json.update(signed_json(model));
        out << core::to_pretty_json(json) << '\n';
    } else {
        print_signed(out, pinned, model);
    }
}

int run_sign(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    check_arguments(environment, arguments);
    OpenedSigner signer = open_signer(environment, arguments);
    OpenedStore opened =
        open_store(environment, arguments, arguments.positional().front(), Access::add);
    const SignatureStore signatures(environment, arguments, opened, Access::write);
    const oci::Repository& repository = opened.reference.repository;
    const oci::ManifestContent content = oci::fetch(*opened.store, opened.reference);
    const CheckLevel level = level_for(arguments, repository, content);
    const auto sources = sources_of(environment, arguments, opened.reference, content, level);
    const auto annotations = artifact::annotations_to_sign(sources);
    check(environment, arguments, *opened.store, content, level);
    tell_claims(environment, sources, annotations, arguments.has("quiet"));
    auto made = artifact::sign(
        signatures.get(),
        {.subject = content.descriptor,
         .docker_reference = repository.docker_reference(),
         .annotations = annotations,
         .created =
             artifact::source_date_epoch(environment.variables).value_or(environment.clock.now()),
         .upload = is_on(arguments, "upload", "true"),
         .bundle_file = arguments.get("bundle"),
         .legacy_key = arguments.has("legacy") ? signer.key() : nullptr},
        signer.maker());
    print(environment.out,
          format,
          concat(repository.to_string(), '@', content.descriptor.digest.to_string()),
          {annotations, std::move(made)});
    return cli::exit_ok;
}

std::vector<cli::Option> sign_options() {
    std::vector<cli::Option> options = signer_options();
    const std::vector<cli::Option> own = {
        {.long_name = "annotations",
         .short_name = 'a',
         .value = "KEY=VALUE",
         .help = "sign this statement about the model as well",
         .repeatable = true,
         .aliases = {"annotation"}},
        {.long_name = "model",
         .value = "NAME",
         .help = "name of the model (default: the repository's last component)"},
        {.long_name = "model-version",
         .value = "VERSION",
         .help = "version of the model (default: the artifact's, else the tag)"},
        {.long_name = "repo",
         .value = "DIR",
         .help = "git checkout that the model was trained from"},
        check_level_option(),
        {.long_name = "no-check", .help = "the same as --check none"},
        {.long_name = "allow",
         .value = "RULE:PATH",
         .help = "accept what the check refuses; the refusal prints the exact words",
         .repeatable = true},
        {.long_name = "legacy", .help = "also store a signature in the format of cosign 2"},
        {.long_name = "bundle", .value = "FILE", .help = "also write the bundle to FILE"},
        {.long_name = "upload",
         .value = "BOOL",
         .help = "store the signature beside the artifact (default true)",
         .choices = {"true", "false"}},
        cli::format_option(),
        cli::progress_option(),
    };
    for (const auto& more : {own, store_options(), stock_options_of_sign()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

}  // namespace

cli::Command sign_command() {
    return {
        .name = "sign",
        .usage = "[--key KEY] [OPTIONS] REF",
        .summary = "check a stored model, then sign which model it is and what it was made from",
        .description =
            "The signature is a Sigstore bundle that 'cosign verify' accepts. It states the "
            "model's name and version, the commit and run it was trained from as far as they "
            "are known, and how far it was checked before signing.\n"
            "Without --key, whoever an identity token names signs: the workflow that runs in CI, "
            "or a person. A certificate authority vouches for it for ten minutes, and a log "
            "keeps the signature for good; no key is left that could be stolen.\n"
            "COSIGN_PASSWORD holds the password of the key file, COSIGN_REPOSITORY another "
            "repository for signatures, SIGSTORE_ID_TOKEN the identity token.",
        .examples =
            "  cosign-modelseal sign --key cosign.key \\\n"
            "      registry.example.com/models/fraud-detector:v2.3\n"
            "  cosign-modelseal sign --key cosign.key -a stage=production --legacy \\\n"
            "      registry.example.com/models/fraud-detector:v2.3\n"
            "  cosign-modelseal sign --key cosign.key --oci-layout ./store:v2.3\n"
            "  cosign-modelseal sign --yes registry.example.com/models/fraud-detector:v2.3\n",
        .options = sign_options(),
        .run = run_sign};
}

}  // namespace modelseal::commands::cosign
