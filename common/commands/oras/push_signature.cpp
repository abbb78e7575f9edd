#include "common/commands/oras/push_signature.hpp"

#include "common/artifact/signing_annotations.hpp"
#include "common/artifact/signing_check.hpp"
#include "common/commands/check_level.hpp"
#include "common/commands/signature_store.hpp"
#include "common/commands/signing_key.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands::oras {

using core::Error;
using core::ErrorKind;

namespace {

/// In a layout the folder's name says where it lies; the model's own name is at hand here. In a
/// registry the repository names the model, as `sign` has it: who verifies by reference expects
/// that.
std::optional<std::string> stated_model(const cli::Arguments& arguments,
                                        const oci::Repository& repository,
                                        const model::CheckedModel& model) {
    return repository.is_layout() ? std::optional(arguments.get_or("name", model.name))
                                  : std::nullopt;
}

/// Once more, over what the store holds: the files could have been changed between their check and
/// their way into it, in ways that leave no trace (writing through a mapping).
void check_stored(const cli::Arguments& arguments,
                  oci::Store& store,
                  const oci::Manifest& manifest,
                  artifact::CheckLevel level,
                  core::Progress& progress) {
    artifact::check_before_signing(
        store,
        manifest,
        level,
        {.allowances = model::Allowances::parse(arguments.get_all("allow"))},
        progress);
}

}  // namespace

const std::vector<cli::Option>& push_signature_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "sign", .help = "sign what was pushed, with --key, before this returns"},
        {.long_name = "key",
         .value = "KEY",
         .help = "with --sign: a cosign key file, env://VARIABLE, or PLUGIN://KEY"},
        {.long_name = "legacy",
         .help = "with --sign: also store a signature in the format of cosign 2"},
        check_level_option(),
    };
    return options;
}

void check_signature_options(const cli::Arguments& arguments) {
    const bool has_key = arguments.has("key");
    if (!arguments.has("sign") && (has_key || arguments.has("legacy") || arguments.has("check"))) {
        throw Error(ErrorKind::usage,
                    "--key, --legacy and --check say how to sign; give --sign as well");
    }
    if (arguments.has("sign") && !has_key) {
        throw Error(ErrorKind::usage, "--sign needs --key: say what to sign with");
    }
}

std::unique_ptr<crypto::Signer> signer_of_push(cli::Environment& environment,
                                               const cli::Arguments& arguments) {
    if (!arguments.has("sign")) {
        return nullptr;
    }
    check_standard_input(environment, arguments);
    return load_signer(environment, arguments.get("key").value());
}

SignedModel sign_pushed(cli::Environment& environment,
                        const cli::Arguments& arguments,
                        OpenedStore& opened,
                        const model::CheckedModel& model,
                        const artifact::PushedArtifact& pushed,
                        crypto::Signer& signer,
                        core::Progress& progress) {
    const oci::Reference& reference = opened.reference;
    const artifact::CheckLevel level =
        artifact::attainable_level(pushed.manifest, check_level(arguments, reference.repository));
    if (level != artifact::CheckLevel::none) {
        check_stored(arguments, *opened.store, pushed.manifest, level, progress);
    }
    const SignatureStore signatures(environment, arguments, opened, Access::write);
    const artifact::SigningSources sources = {
        .model = stated_model(arguments, reference.repository, model),
        .artifact = pushed.manifest.annotations,
        .ci_run = artifact::run_of_ci(environment.variables),
        .repository = reference.repository,
        .tag = reference.tags.empty() ? std::nullopt : std::optional(reference.tags.front()),
        .check = level};
    oci::Annotations annotations = artifact::annotations_to_sign(sources);
    tell_claims(environment, sources, annotations, arguments.has("quiet"));
    auto made = artifact::sign(
        signatures.get(),
        {.subject = pushed.descriptor,
         .docker_reference = reference.repository.docker_reference(),
         .annotations = annotations,
         .created =
             artifact::source_date_epoch(environment.variables).value_or(environment.clock.now()),
         .legacy = arguments.has("legacy")},
        signer);
    return {std::move(annotations), std::move(made)};
}

}  // namespace modelseal::commands::oras
