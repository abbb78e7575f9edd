#include "common/commands/trust/requirement_options.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands {

using core::Error;
using core::ErrorKind;

namespace {

constexpr std::uint64_t key_size_limit = std::uint64_t{64} << 10U;  // bytes
constexpr std::string_view environment_scheme = "env://";

std::string read_key(const core::Variables& variables, std::string_view reference) {
    if (reference.starts_with(environment_scheme)) {
        const std::string name(reference.substr(environment_scheme.size()));
        const auto value = variables.get_nonempty(name);
        if (!value) {
            throw Error(ErrorKind::not_found,
                        core::concat("the variable ", core::in_quotes(name), " is not set"));
        }
        return *value;
    }
    if (reference.find("://") != std::string_view::npos) {
        throw Error(
            ErrorKind::usage,
            core::concat(
                "--key takes a public key here, a file or env://VARIABLE; write the one of ",
                core::in_quotes(reference),
                " to a file with 'cosign-modelseal public-key' or 'cosign public-key'"));
    }
    return core::read_small_file(std::filesystem::path(reference), key_size_limit);
}

}  // namespace

const std::vector<cli::Option>& requirement_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "key",
         .value = "KEY",
         .help = "public key of who must have signed: a PEM file, env://VARIABLE or PLUGIN://KEY"},
        {.long_name = "annotations",
         .short_name = 'a',
         .value = "KEY=VALUE",
         .help = "demand this signed annotation",
         .repeatable = true,
         .aliases = {"annotation"}},
        {.long_name = "model", .value = "NAME", .help = "demand this signed model name"},
        {.long_name = "min-version",
         .value = "VERSION",
         .help = "refuse a model whose signed version is older or not stated"},
        {.long_name = "allow-legacy",
         .help = "accept signatures in the format of cosign 2 as well"},
    };
    return options;
}

crypto::PublicKey load_public_key(const core::Variables& variables, std::string_view reference) {
    return core::with_context(core::concat("reading the key ", core::in_quotes(reference)), [&] {
        return crypto::PublicKey::parse_pem(read_key(variables, reference));
    });
}

oci::Annotations required_annotations(const std::vector<std::string>& words) {
    oci::Annotations annotations;
    for (const std::string& word : words) {
        const auto annotation = core::split_key_value(word);
        if (!annotation) {
            throw Error(ErrorKind::usage,
                        core::concat("--annotations takes KEY=VALUE, not ", core::in_quotes(word)));
        }
        const auto [known, is_new] = annotations.insert(*annotation);
        if (!is_new && known->second != annotation->second) {
            throw Error(ErrorKind::usage,
                        core::concat("--annotations demands two values for ",
                                     core::in_quotes(known->first)));
        }
    }
    return annotations;
}

sigstore::Requirements requirements_of(const cli::Arguments& arguments,
                                       const PublicKeyLoader& load) {
    sigstore::Requirements requirements{
        .annotations = required_annotations(arguments.get_all("annotations")),
        .min_version = arguments.get("min-version"),
        .allow_legacy = arguments.has("allow-legacy")};
    if (const auto model = arguments.get("model")) {
        requirements.model = {.name = *model, .may_be_unstated = false};
    }
    const auto key = arguments.get("key");
    if (key) {
        requirements.keys.push_back(load(*key));
    } else if (!requirements.annotations.empty() || requirements.model ||
               requirements.min_version || requirements.allow_legacy) {
        throw Error(
            ErrorKind::usage,
            "--annotations, --model, --min-version and --allow-legacy say what a signature must "
            "state; give --key as well, to say whose");
    }
    return requirements;
}

std::optional<sigstore::Requirements> requirements_for(const cli::Arguments& arguments,
                                                       const oci::Repository& repository,
                                                       const PublicKeyLoader& load) {
    sigstore::Requirements requirements = requirements_of(arguments, load);
    if (requirements.keys.empty()) {
        return std::nullopt;
    }
    if (!requirements.model && !repository.is_layout()) {
        requirements.model = {.name = repository.base_name(), .may_be_unstated = true};
    }
    return requirements;
}

}  // namespace modelseal::commands
