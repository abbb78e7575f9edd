#include "common/commands/oras/inspect.hpp"

#include "common/artifact/inspect.hpp"
#include "common/cli/exit_code.hpp"
#include "common/commands/oras/output.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

using core::Error;
using core::ErrorKind;

namespace {

core::Json to_json(const oci::Repository& repository, const artifact::InspectedArtifact& artifact) {
    core::Json json = artifact_json(repository, artifact.descriptor, artifact.manifest);
    if (artifact.root) {
        json["root"] = artifact.root->to_string();
    }
    core::Json files = core::Json::array();
    for (const oci::ArtifactFile& file : artifact.files) {
        core::Json entry = layer_json(repository, file.layer);
        entry["path"] = file.path;
        files.push_back(std::move(entry));
    }
    json["files"] = std::move(files);
    return json;
}

/// Sizes stand right-aligned, so that the large ones show.
void print_files(std::ostream& out, const std::vector<oci::ArtifactFile>& files) {
    if (files.empty()) {
        out << "Files:         none\n";
        return;
    }
    std::size_t widest = 0;
    for (const oci::ArtifactFile& file : files) {
        widest = std::max(widest, core::human_size(file.layer.size).size());
    }
    out << "Files:\n";
    for (const oci::ArtifactFile& file : files) {
        const std::string size = core::human_size(file.layer.size);
        out << "  " << file.layer.digest.to_string() << "  "
            << std::string(widest - size.size(), ' ') << size << "  " << core::in_quotes(file.path)
            << '\n';
    }
}

void print_text(std::ostream& out,
                const oci::Repository& repository,
                const artifact::InspectedArtifact& artifact) {
    out << "Reference:     " << pinned(repository, artifact.descriptor.digest) << '\n'
        << "Artifact type: " << artifact.manifest.effective_artifact_type().to_string() << '\n'
        << "Digest:        " << artifact.descriptor.digest.to_string() << '\n';
    if (artifact.root) {
        out << "Root:          " << artifact.root->to_string() << root_remark << '\n';
    }
    print_files(out, artifact.files);
    if (!artifact.manifest.annotations.empty()) {
        out << "Annotations:\n";
    }
    for (const auto& [key, value] : artifact.manifest.annotations) {
        out << "  " << core::in_quotes(key) << ": " << core::in_quotes(value) << '\n';
    }
}

digest::Digest digest_of_file(const artifact::InspectedArtifact& artifact,
                              const std::string& path) {
    const auto found =
        std::find_if(artifact.files.begin(), artifact.files.end(), [&](const auto& file) {
            return file.path == path && file.packing == oci::Packing::raw;
        });
    if (found == artifact.files.end()) {
        throw Error(ErrorKind::not_found,
                    core::concat("the artifact has no file ", core::in_quotes(path)));
    }
    return found->layer.digest;
}

bool is_lower_alphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Letters and digits with '-' between them: what Kubernetes's names are made of.
/// Spec: RFC 1123 section 2.1.
bool is_name_part(std::string_view text) {
    return !text.empty() && is_lower_alphanumeric(text.front()) &&
           is_lower_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
               return c == '-' || is_lower_alphanumeric(c);
           });
}

/// Spec: Kubernetes, "Object Names and IDs", RFC 1123 label names.
bool is_namespace_name(std::string_view text) {
    constexpr std::size_t longest = 63;
    return text.size() <= longest && is_name_part(text);
}

/// Spec: the same, DNS subdomain names.
bool is_config_map_name(std::string_view text) {
    constexpr std::size_t longest = 253;
    const std::vector<std::string> parts = core::split(text, '.');
    return text.size() <= longest && std::all_of(parts.begin(), parts.end(), is_name_part);
}

/// An immutable ConfigMap whose `model-digest` the verifier reads as MODEL_DIGEST. JSON is what
/// kubectl applies as readily as YAML, and needs no YAML writer.
core::Json to_config_map(const cli::Arguments& arguments,
                         const oci::Repository& repository,
                         const artifact::InspectedArtifact& artifact) {
    const auto file = arguments.get("file");
    const digest::Digest digest =
        file ? digest_of_file(artifact, *file) : artifact.descriptor.digest;
    const std::string name =
        arguments.get_or("configmap-name", core::concat(repository.base_name(), "-config"));
    if (!is_config_map_name(name)) {
        throw Error(ErrorKind::usage,
                    core::concat(core::in_quotes(name),
                                 " cannot name a ConfigMap: lower-case letters and digits, with "
                                 "'-' and '.' between them, at most 253 characters; give "
                                 "--configmap-name"));
    }
    core::Json metadata = {{"name", name}};
    if (const auto ns = arguments.get("namespace")) {
        if (!is_namespace_name(*ns)) {
            throw Error(ErrorKind::usage,
                        core::concat(core::in_quotes(*ns),
                                     " cannot name a namespace: lower-case letters and digits, "
                                     "with '-' between them, at most 63 characters"));
        }
        metadata["namespace"] = *ns;
    }
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", std::move(metadata)},
            {"immutable", true},
            {"data",
             {{"model-digest", digest.to_string()},
              {"model-reference", pinned(repository, artifact.descriptor.digest)}}}};
}

int run_inspect(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "inspect takes one reference");
    }
    const OpenedStore opened =
        open_store(environment, arguments, arguments.positional().front(), Access::read);
    const artifact::InspectedArtifact artifact = artifact::inspect(*opened.store, opened.reference);
    const oci::Repository& repository = opened.store->repository();
    if (format == "json") {
        environment.out << core::to_pretty_json(to_json(repository, artifact)) << '\n';
    } else if (format == "configmap") {
        environment.out << core::to_pretty_json(to_config_map(arguments, repository, artifact))
                        << '\n';
    } else {
        print_text(environment.out, repository, artifact);
    }
    return cli::exit_ok;
}

}  // namespace

cli::Command inspect_command() {
    std::vector<cli::Option> options = {
        {.long_name = "format",
         .value = "FORMAT",
         .help = "text, json or configmap (default text)",
         .choices = {"text", "json", "configmap"}},
        {.long_name = "file",
         .value = "PATH",
         .help = "with configmap: the digest of this file instead of the manifest's"},
        {.long_name = "configmap-name",
         .value = "NAME",
         .help = "default: MODEL-config; put the version in it, for it is immutable"},
        {.long_name = "namespace", .short_name = 'n', .value = "NS", .help = "of the ConfigMap"},
    };
    options.insert(options.end(), store_options().begin(), store_options().end());
    return {.name = "inspect",
            .usage = "[OPTIONS] REF",
            .summary = "show an artifact's digests, files and annotations",
            .description = "Reads the manifest only; no weight is downloaded, nothing is verified.",
            .examples =
                "  oras-modelseal inspect registry.example.com/models/fraud-detector:v2.3\n"
                "  oras-modelseal inspect --format configmap REF | kubectl apply -f -\n",
            .options = std::move(options),
            .run = run_inspect};
}

}  // namespace modelseal::commands::oras
