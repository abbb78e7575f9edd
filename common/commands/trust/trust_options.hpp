// What verification demands: of a signer by options, and by --trust-policy.
#pragma once

#include "common/cli/environment.hpp"
#include "common/commands/trust/signer_options.hpp"
#include "common/oci/reference.hpp"
#include "common/sigstore/demands.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --trust-policy, --annotations, --model, --min-version.
[[nodiscard]] const std::vector<cli::Option>& demand_options();

/// Annotations given as KEY=VALUE. Errors: usage, also when two values are demanded of one key.
[[nodiscard]] oci::Annotations required_annotations(const std::vector<std::string>& words);

/// What is asked about: an artifact by a reference, or a folder.
struct AskedModel {
    /// The model by its reference, unless --model says otherwise; nothing where the place says
    /// nothing about the model: in a layout, whose folder can have any name, and in a folder.
    std::optional<sigstore::RequiredModel> model{};
    std::optional<core::Timestamp> at{};  // the time that is asked about, else now
    bool default_policy = true;  // whether /etc/modelseal/policy.yaml counts when none is named
    bool quiet = false;          // no notes
};

/// The model by its reference: in a registry the last component of the repository's name, which a
/// signed name must agree with; in a layout nothing.
[[nodiscard]] std::optional<sigstore::RequiredModel> model_of(const oci::Repository& repository);

/// Everything that is demanded: by the signer that the options name, and by the trust policy of
/// --trust-policy, else of /etc/modelseal/policy.yaml if there is one. Both hold when both are
/// given; without a signer of their own, --annotations, --model and --min-version hold of every
/// signature that the policy demands. Nothing when nobody is named.
/// Errors: usage for a condition without signer and policy, for a policy without a model that it
/// could be about, and for conditions that contradict each other; those of the policy.
[[nodiscard]] std::optional<sigstore::Demands> demands_of(cli::Environment& environment,
                                                          const Settings& settings,
                                                          const AskedModel& asked,
                                                          const PublicKeyLoader& load);

/// What is demanded of attestations of one type.
struct AttestationDemands {
    sigstore::Demands demands;  // each is fulfilled by an attestation
    bool names_signer;          // the first is by the options' signer, which was asked for
};

/// The same for attestations of `type`: by the signer that the options name, and by what the trust
/// policy demands of statements of that type. With a signer of their own the options may ask for a
/// type that the policy does not demand. Errors: as demands_of(); mismatch (not_configured) when
/// only a policy says who must have signed, and it demands no such statement.
[[nodiscard]] std::optional<AttestationDemands> attestation_demands_of(
    cli::Environment& environment,
    const Settings& settings,
    const AskedModel& asked,
    const std::string& type,
    const PublicKeyLoader& load);

}  // namespace modelseal::commands
