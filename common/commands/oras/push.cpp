#include "common/commands/oras/push.hpp"

#include "common/artifact/annotation_file.hpp"
#include "common/artifact/model_layers.hpp"
#include "common/artifact/push.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/oras/file_argument.hpp"
#include "common/commands/oras/output.hpp"
#include "common/commands/oras/push_signature.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/file.hpp"
#include "common/core/text.hpp"
#include "common/git/git_facts.hpp"
#include "common/model/check.hpp"
#include "common/model/finding_text.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

using core::Error;
using core::ErrorKind;

namespace {

constexpr std::uint64_t annotation_file_limit = std::uint64_t{4} << 20U;

struct GivenAnnotations {
    oci::Annotations manifest{};
    artifact::AnnotationFile file{};
};

GivenAnnotations given_annotations(const cli::Arguments& arguments) {
    const auto path = arguments.get("annotation-file");
    if (!path) {
        return {.manifest = artifact::parse_annotations(arguments.get_all("annotation"))};
    }
    if (arguments.has("annotation")) {
        throw Error(ErrorKind::usage, "--annotation and --annotation-file exclude each other");
    }
    GivenAnnotations given;
    given.file = core::with_context(core::in_quotes(*path), [&] {
        return artifact::AnnotationFile::parse(core::read_small_file(*path, annotation_file_limit));
    });
    given.manifest = given.file.manifest;
    return given;
}

model::CheckOptions check_options(const cli::Arguments& arguments) {
    return {.allowances = model::Allowances::parse(arguments.get_all("allow")),
            .name = arguments.get_or("name", "")};
}

/// Checks what is about to be pushed, prints what was found, throws when it is refused.
model::CheckedModel check(cli::Environment& environment,
                          const cli::Arguments& arguments,
                          const std::vector<FileArgument>& files) {
    std::vector<std::filesystem::path> paths;
    for (const FileArgument& file : files) {
        paths.emplace_back(file.path);
    }
    model::CheckedModel model = model::check_paths(paths, check_options(arguments));
    for (const model::Finding& finding : model.findings) {
        environment.err << core::in_quotes(finding.file) << ": " << model::to_text(finding) << '\n';
        if (const auto option = model::accepting_option(finding)) {
            environment.err << "    to accept it: " << *option << '\n';
        }
    }
    model.require_acceptable();
    return model;
}

/// The media types and annotations of the command line, by the name that each file got in the
/// model.
artifact::LayerOverrides overrides_of(const std::vector<FileArgument>& files,
                                      const artifact::AnnotationFile& annotations) {
    artifact::LayerOverrides overrides;
    for (const FileArgument& file : files) {
        const std::string name = model::name_in_model(file.path);
        if (file.type) {
            overrides.media_types.emplace(name, *file.type);
        }
    }
    for (const auto& [path, given] : annotations.files) {
        overrides.annotations.emplace(model::name_in_model(path), given);
    }
    return overrides;
}

std::optional<git::GitFacts> git_facts(cli::Environment& environment,
                                       const cli::Arguments& arguments) {
    auto facts = git::read_facts(arguments.get_or("repo", "."));
    if (!facts) {
        facts = git::facts_from_ci(environment.variables);
    }
    if (facts && facts->dirty) {
        if (arguments.has("require-clean")) {
            throw Error(ErrorKind::mismatch,
                        "the working tree has uncommitted changes, and --require-clean is given: "
                        "commit or stash them");
        }
        environment.err
            << "Warning: the working tree has uncommitted changes; the artifact records "
               "that it is dirty\n";
    }
    return facts;
}

artifact::Origin origin_of(cli::Environment& environment, const cli::Arguments& arguments) {
    return {.git = git_facts(environment, arguments),
            .source_date_epoch = artifact::source_date_epoch(environment.variables),
            .name = arguments.get("name"),
            .version = arguments.get("model-version"),
            .licenses = arguments.get("license"),
            .run_id = arguments.get("run-id"),
            .framework = arguments.get("framework"),
            .dataset_digest = arguments.get("dataset-digest")};
}

core::Json to_json(const oci::Repository& repository,
                   const std::vector<oci::Tag>& tags,
                   const artifact::PushedArtifact& pushed,
                   bool is_signed) {
    core::Json json = artifact_json(repository, pushed.descriptor, pushed.manifest);
    if (!tags.empty()) {
        core::Json names = core::Json::array();
        for (const oci::Tag& tag : tags) {
            names.push_back(
                core::concat(core::as_utf8(repository.to_string()), ':', tag.to_string()));
        }
        json["referenceAsTags"] = std::move(names);
    }
    json["root"] = pushed.root.to_string();
    json["files"] = files_json(repository, pushed.manifest);
    json["signed"] = is_signed;
    return json;
}

void print_text(std::ostream& out,
                const oci::Repository& repository,
                const std::vector<oci::Tag>& tags,
                const artifact::PushedArtifact& pushed) {
    for (const oci::Descriptor& layer : pushed.manifest.layers) {
        out << layer.digest.to_string() << "  " << core::in_quotes(title_of(layer)) << '\n';
    }
    out << "Root: " << pushed.root.to_string() << '\n'
        << "Pushed " << pinned(repository, pushed.descriptor.digest) << '\n';
    for (const oci::Tag& tag : tags) {
        out << "Tagged " << repository.to_string() << ':' << tag.to_string() << '\n';
    }
    out << "Digest: " << pushed.descriptor.digest.to_string() << '\n';
}

int run_push(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    const std::vector<std::string>& words = arguments.positional();
    if (words.size() < 2) {
        throw Error(ErrorKind::usage, "push takes a reference and at least one file or folder");
    }
    std::vector<FileArgument> files;
    for (auto word = words.begin() + 1; word != words.end(); ++word) {
        files.push_back(FileArgument::parse(*word));
    }
    const artifact::Profile profile = artifact::parse_profile(arguments.get_or("profile", "ml"));
    const GivenAnnotations given = given_annotations(arguments);
    const model::CheckedModel model = check(environment, arguments, files);
    const auto signer = signer_of_push(environment, arguments);
    OpenedStore opened = open_store(environment, arguments, words.front(), Access::write);
    const auto progress = cli::make_progress(environment, arguments.has("quiet"));
    const artifact::PushedArtifact pushed = artifact::push(
        *opened.store,
        {.files = artifact::layers_of(
             model, profile, overrides_of(files, given.file), check_options(arguments)),
         .artifact_type = artifact::artifact_type_of(profile, arguments.get("artifact-type")),
         .profile = profile,
         .facts = model.facts,
         .origin = origin_of(environment, arguments),
         .annotations = given.manifest,
         .config_annotations = given.file.config,
         .tags = opened.reference.tags,
         .concurrency = concurrency(arguments)},
        *progress);
    const bool is_signed = signer != nullptr;
    if (is_signed) {
        sign_pushed(environment, arguments, opened, model, pushed, *signer);
    }
    const oci::Repository& repository = opened.store->repository();
    if (format == "json") {
        environment.out << core::to_pretty_json(
                               to_json(repository, opened.reference.tags, pushed, is_signed))
                        << '\n';
    } else {
        print_text(environment.out, repository, opened.reference.tags, pushed);
        environment.out << (is_signed ? "Signed\n" : "");
    }
    return cli::exit_ok;
}

std::vector<cli::Option> push_options() {
    std::vector<cli::Option> options = {
        {.long_name = "artifact-type", .value = "TYPE", .help = "default application/vnd.ml.model"},
        {.long_name = "profile",
         .value = "PROFILE",
         .help = "ml, or modelpack for CNCF ModelPack's types (default ml)"},
        {.long_name = "annotation",
         .short_name = 'a',
         .value = "KEY=VALUE",
         .help = "annotation of the manifest",
         .repeatable = true,
         .aliases = {"annotations"}},
        {.long_name = "annotation-file", .value = "FILE", .help = "annotations as oras reads them"},
        {.long_name = "allow",
         .value = "RULE:PATH",
         .help = "accept what the check refuses; the refusal prints the exact words",
         .repeatable = true},
        {.long_name = "name", .value = "NAME", .help = "name of the model, recorded as title"},
        {.long_name = "model-version", .value = "VERSION", .help = "version of the model"},
        {.long_name = "license", .value = "SPDX", .help = "licence expression"},
        {.long_name = "run-id", .value = "ID", .help = "training run"},
        {.long_name = "framework", .value = "NAME==VERSION", .help = "framework that trained it"},
        {.long_name = "dataset-digest", .value = "DIGEST", .help = "digest of the training data"},
        {.long_name = "repo",
         .value = "DIR",
         .help = "git checkout to record (default: this folder)"},
        {.long_name = "require-clean", .help = "refuse a checkout with uncommitted changes"},
        cli::format_option(),
    };
    options.insert(options.end(), push_signature_options().begin(), push_signature_options().end());
    options.insert(options.end(), store_options().begin(), store_options().end());
    options.insert(options.end(), upload_options().begin(), upload_options().end());
    return options;
}

}  // namespace

cli::Command push_command() {
    return {.name = "push",
            .usage = "[OPTIONS] REF[,TAG…] PATH[:TYPE]…",
            .summary = "check a model, then store it with its git commit and digests",
            .description =
                "Each file becomes one layer that 'oras pull' gives back; folders are walked, "
                "never packed.\n"
                "The same files from the same commit give the same manifest digest.",
            .examples =
                "  oras-modelseal push registry.example.com/models/fraud-detector:v2.3 \\\n"
                "      ./model.safetensors ./model_card.json:application/json\n"
                "  oras-modelseal push --sign --key cosign.key --oci-layout ./store:v2.3 ./model\n",
            .options = push_options(),
            .run = run_push};
}

}  // namespace modelseal::commands::oras
