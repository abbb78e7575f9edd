#include "common/commands/oras/push.hpp"

#include "common/artifact/annotation_file.hpp"
#include "common/artifact/model_layers.hpp"
#include "common/artifact/push.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/oras/file_argument.hpp"
#include "common/commands/oras/output.hpp"
#include "common/commands/oras/push_origin.hpp"
#include "common/commands/oras/push_signature.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/model/check.hpp"
#include "common/model/findings/finding_text.hpp"

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
    const std::string text = core::read_small_file(*path, annotation_file_limit);
    given.file = core::with_context(core::in_quotes(*path),
                                    [&] { return artifact::AnnotationFile::parse(text); });
    given.manifest = given.file.manifest;
    return given;
}

model::CheckOptions check_options(const cli::Arguments& arguments) {
    return {.allowances = model::Allowances::parse(arguments.get_all("allow")),
            .name = arguments.get_or("name", "")};
}

std::vector<std::filesystem::path> paths_of(const std::vector<FileArgument>& files) {
    std::vector<std::filesystem::path> paths;
    for (const FileArgument& file : files) {
        paths.emplace_back(file.path);
    }
    return paths;
}

/// Checks what is about to be pushed, prints what was found, throws when it is refused.
model::CheckedModel check(cli::Environment& environment,
                          const cli::Arguments& arguments,
                          const std::vector<std::filesystem::path>& paths) {
    model::CheckedModel model = model::check_paths(paths, check_options(arguments));
    for (const model::Finding& finding : model.findings) {
        environment.err << core::in_quotes(finding.file) << ": " << model::to_text(finding) << '\n';
        if (const auto option = model::accepting_option(finding)) {
            environment.err << "    to accept it: " << *option << '\n';
        }
    }
    if (!model.acceptable()) {
        throw Error(ErrorKind::mismatch,
                    model.reason(),
                    "the check refuses the model for what is said above; nothing was pushed");
    }
    if (!arguments.has("quiet")) {
        for (const std::string& note : model.notes) {
            environment.err << "Note: " << note << '\n';
        }
    }
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

core::Json to_json(const oci::Repository& repository,
                   const std::vector<oci::Tag>& tags,
                   const artifact::PushedArtifact& pushed,
                   const std::optional<SignedModel>& signature) {
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
    json["signed"] = signature.has_value();
    if (signature) {
        json["signature"] = signed_json(*signature);
    }
    return json;
}

void print_contents(std::ostream& out,
                    const artifact::PushedArtifact& pushed,
                    const std::optional<git::GitFacts>& git) {
    for (const oci::Descriptor& layer : pushed.manifest.layers) {
        out << layer.digest.to_string() << "  " << core::in_quotes(title_of(layer)) << '\n';
    }
    out << "Root: " << pushed.root.to_string() << root_remark << '\n';
    if (git) {
        out << "Commit: " << describe_commit(*git) << '\n';
    }
}

void print_pushed(std::ostream& out,
                  const oci::Repository& repository,
                  const std::vector<oci::Tag>& tags,
                  const artifact::PushedArtifact& pushed) {
    out << "Pushed " << pinned(repository, pushed.descriptor.digest) << '\n';
    for (const oci::Tag& tag : tags) {
        out << "Tagged " << repository.to_string() << ':' << tag.to_string() << '\n';
    }
    out << "Digest: " << pushed.descriptor.digest.to_string() << '\n';
}

bool exists(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

/// `push PATH REF` would be told about its path, which is fine. Errors: usage.
void refuse_swapped(const cli::Arguments& arguments, const std::vector<std::string>& words) {
    const std::string& first = words.front();
    std::error_code ignored;
    const bool is_place =
        arguments.has("oci-layout") &&
        (exists(first + "/oci-layout") || std::filesystem::is_empty(first, ignored));
    const std::string& last = words.back();
    const bool is_file = exists(last) || exists(last.substr(0, last.rfind(':')));
    if (exists(first) && !is_place && !is_file) {
        throw Error(ErrorKind::usage,
                    core::concat(core::in_quotes(first),
                                 " is a file or folder, and the reference comes first: push ",
                                 core::printable(last),
                                 ' ',
                                 core::printable(first)));
    }
}

/// The words of the command line, read before anything is looked at.
struct PushWords {
    oci::Reference destination;
    std::vector<FileArgument> files;
};

/// Errors: usage.
PushWords words_of(const cli::Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positional();
    if (words.size() < 2) {
        throw Error(ErrorKind::usage, "push takes a reference and at least one file or folder");
    }
    refuse_swapped(arguments, words);
    PushWords given{.destination = parse_destination(arguments, words.front()), .files = {}};
    for (auto word = words.begin() + 1; word != words.end(); ++word) {
        given.files.push_back(FileArgument::parse(*word));
    }
    return given;
}

int run_push(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    const auto [destination, files] = words_of(arguments);
    const artifact::Profile profile = artifact::parse_profile(arguments.get_or("profile", "ml"));
    const GivenAnnotations given = given_annotations(arguments);
    check_signature_options(arguments);
    const std::vector<std::filesystem::path> paths = paths_of(files);
    const model::CheckedModel model = check(environment, arguments, paths);
    std::vector<artifact::FileToPush> layers = artifact::layers_of(
        model, profile, overrides_of(files, given.file), check_options(arguments));
    const artifact::Origin origin = origin_of(environment, arguments);
    std::optional<OpenedSigner> signer = signer_of_push(environment, arguments);
    OpenedStore opened =
        open_store(environment, arguments, arguments.positional().front(), Access::write);
    tell_origin(environment, arguments, origin, paths);
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const artifact::PushedArtifact pushed = artifact::push(
        *opened.store,
        {.files = std::move(layers),
         .artifact_type = artifact::artifact_type_of(profile, arguments.get("artifact-type")),
         .profile = profile,
         .facts = model.facts,
         .origin = origin,
         .annotations = given.manifest,
         .config_annotations = given.file.config,
         .tags = destination.tags,
         .concurrency = concurrency(arguments)},
        *progress);
    std::optional<SignedModel> signature;
    if (signer) {
        signature = sign_pushed(environment, arguments, opened, model, pushed, *signer, *progress);
    }
    const oci::Repository& repository = opened.store->repository();
    if (format == "json") {
        environment.out << core::to_pretty_json(
                               to_json(repository, destination.tags, pushed, signature))
                        << '\n';
    } else {
        if (!arguments.has("quiet")) {
            print_contents(environment.out, pushed, origin.git);
        }
        print_pushed(environment.out, repository, destination.tags, pushed);
        if (signature) {
            print_signed(environment.out, pinned(repository, pushed.descriptor.digest), *signature);
        }
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
        cli::format_option(),
        concurrency_option(),
        cli::progress_option(),
    };
    options.insert(options.end(), origin_options().begin(), origin_options().end());
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
                "never packed. One folder alone is the model, and its files are named from there; "
                "of several paths each keeps its name as it is written, as oras has it.\n"
                "The same files from the same commit give the same manifest digest.",
            .examples =
                "  oras-modelseal push registry.example.com/models/fraud-detector:v2.3 \\\n"
                "      ./model.safetensors ./model_card.json:application/json\n"
                "  oras-modelseal push --sign --key cosign.key --oci-layout ./store:v2.3 ./model\n"
                "  oras-modelseal push --sign --yes registry.example.com/models/m:v2.3 ./model\n",
            .options = push_options(),
            .run = run_push};
}

}  // namespace modelseal::commands::oras
