#include "common/commands/oras/push_signature.hpp"

#include "common/artifact/signing_annotations.hpp"
#include "common/artifact/signing_check.hpp"
#include "common/commands/check_level.hpp"
#include "common/commands/signature_store.hpp"
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
    static const std::vector<cli::Option> options = [] {
        std::vector<cli::Option> all = {
            {.long_name = "sign", .help = "sign what was pushed before this returns"},
            {.long_name = "legacy", .help = "also store a signature in the format of cosign 2"},
            check_level_option()};
        all.insert(all.end(), signer_options().begin(), signer_options().end());
        for (auto option = all.begin() + 1; option != all.end(); ++option) {
            option->help.insert(0, "with --sign: ");
        }
        return all;
    }();
    return options;
}

void check_signature_options(const cli::Arguments& arguments) {
    if (arguments.has("sign")) {
        return;
    }
    for (const cli::Option& option : push_signature_options()) {
        if (arguments.is_written(option.long_name)) {
            throw Error(
                ErrorKind::usage,
                core::concat("--", option.long_name, " says how to sign; give --sign as well"));
        }
    }
}

std::optional<OpenedSigner> signer_of_push(cli::Environment& environment,
                                           const cli::Arguments& arguments) {
    return arguments.has("sign") ? std::optional(open_signer(environment, arguments))
                                 : std::nullopt;
}

SignedModel sign_pushed(cli::Environment& environment,
                        const cli::Arguments& arguments,
                        OpenedStore& opened,
                        const model::CheckedModel& model,
                        const artifact::PushedArtifact& pushed,
                        OpenedSigner& signer,
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
         .legacy_key = arguments.has("legacy") ? signer.key() : nullptr},
        signer.maker());
    return {std::move(annotations), std::move(made)};
}

}  // namespace modelseal::commands::oras
