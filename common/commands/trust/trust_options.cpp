#include "common/commands/trust/trust_options.hpp"

#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/model_version.hpp"
#include "common/sigstore/policy/policy_serials.hpp"
#include "common/sigstore/policy/trust_policy.hpp"

#include <filesystem>
#include <ostream>
#include <system_error>

namespace modelseal::commands {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using sigstore::Requirements;

constexpr std::string_view default_policy = "/etc/modelseal/policy.yaml";

/// What the options say beside the signer.
Requirements conditions_of(const Settings& settings, const AskedModel& asked) {
    Requirements conditions{.annotations = required_annotations(settings.all("annotations")),
                            .model = asked.model,
                            .min_version = settings.get("min-version"),
                            .ignore_log = settings.is_on("insecure-ignore-tlog"),
                            .ignore_sct = settings.is_on("insecure-ignore-sct"),
                            .allow_legacy = settings.is_on("allow-legacy")};
    if (const auto model = settings.get("model")) {
        conditions.model = {.name = *model, .may_be_unstated = false};
    }
    return conditions;
}

bool demands_something(const Settings& settings, const Requirements& conditions) {
    return !conditions.annotations.empty() || settings.get("model") || conditions.min_version ||
           conditions.allow_legacy || conditions.ignore_log || conditions.ignore_sct;
}

/// What widens is said by the policy itself.
void refuse_widening(const Requirements& conditions) {
    if (conditions.allow_legacy || conditions.ignore_log || conditions.ignore_sct) {
        throw Error(ErrorKind::usage,
                    "--allow-legacy and --insecure-… are about a signer that options name; a trust "
                    "policy says itself which formats it accepts");
    }
}

std::optional<std::filesystem::path> policy_path(const Settings& settings, bool with_default) {
    if (const auto path = settings.get("trust-policy")) {
        return *path;
    }
    if (!with_default) {
        return std::nullopt;
    }
    std::error_code ignored;  // loading it says why it cannot be read
    // A link that leads nowhere is a policy that is missing, not none: loading it says so.
    const auto type = std::filesystem::symlink_status(default_policy, ignored).type();
    return type == std::filesystem::file_type::not_found ? std::nullopt
                                                         : std::optional(default_policy);
}

std::string higher_version(const std::string& left, const std::string& right) {
    const auto one = sigstore::ModelVersion::parse(left);
    const auto other = sigstore::ModelVersion::parse(right);
    if (!one || !other) {
        throw Error(ErrorKind::usage,
                    concat(core::in_quotes(one ? right : left),
                           " is not a version that others can be compared with, such as 2.1.0"));
    }
    return *one < *other ? right : left;
}

/// The options' conditions, of a signature that a policy demands.
void add_conditions(Requirements& signature, const Requirements& conditions) {
    for (const auto& [key, value] : conditions.annotations) {
        const auto [known, is_new] = signature.annotations.emplace(key, value);
        if (!is_new && known->second != value) {
            throw Error(ErrorKind::usage,
                        concat("--annotations and the trust policy demand two values for ",
                               core::in_quotes(key)));
        }
    }
    if (conditions.min_version) {
        signature.min_version =
            signature.min_version ? higher_version(*signature.min_version, *conditions.min_version)
                                  : *conditions.min_version;
    }
}

void note_serial(cli::Environment& environment,
                 const std::filesystem::path& path,
                 const sigstore::TrustPolicy& policy,
                 bool quiet) {
    const sigstore::PolicySerials serials(
        sigstore::PolicySerials::default_file(environment.variables));
    if (serials.check(path, policy.serial()) == sigstore::SerialMemory::not_kept && !quiet) {
        environment.err << "Note: the serial of the trust policy is not remembered, because the "
                           "file for it cannot be written, is full, or is locked: an older policy "
                           "would not be noticed\n";
    }
}

/// What the policy demands, with the options' conditions.
std::vector<Requirements> policy_demands(cli::Environment& environment,
                                         const std::filesystem::path& path,
                                         const Requirements& conditions,
                                         const sigstore::Trust& trust,
                                         bool quiet) {
    if (!conditions.model) {
        throw Error(ErrorKind::usage,
                    concat("--model is missing: the trust policy ",
                           core::in_quotes(path.string()),
                           " says what to demand of which model"));
    }
    return core::with_context(concat("the trust policy ", core::in_quotes(path.string())), [&] {
        const auto policy = sigstore::TrustPolicy::load(path);
        policy.require_current(trust.now);
        note_serial(environment, path, policy, quiet);
        auto demands = policy.requirements_for(*conditions.model);
        for (Requirements& one : demands) {
            if (one.predicate_type == sigstore::predicate_types::cosign_sign) {
                add_conditions(one, conditions);
            }
        }
        return demands;
    });
}

}  // namespace

const std::vector<cli::Option>& demand_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "trust-policy",
         .value = "FILE",
         .help = "demand what this policy says of the model (default: /etc/modelseal/policy.yaml "
                 "if it is there) [MODELSEAL_TRUST_POLICY]"},
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
    };
    return options;
}

oci::Annotations required_annotations(const std::vector<std::string>& words) {
    oci::Annotations annotations;
    for (const std::string& word : words) {
        const auto annotation = core::split_key_value(word);
        if (!annotation) {
            throw Error(ErrorKind::usage,
                        concat("--annotations takes KEY=VALUE, not ", core::in_quotes(word)));
        }
        const auto [known, is_new] = annotations.insert(*annotation);
        if (!is_new && known->second != annotation->second) {
            throw Error(
                ErrorKind::usage,
                concat("--annotations demands two values for ", core::in_quotes(known->first)));
        }
    }
    return annotations;
}

std::optional<sigstore::RequiredModel> model_of(const oci::Repository& repository) {
    return repository.is_layout() ? std::nullopt
                                  : std::optional(sigstore::RequiredModel{
                                        .name = repository.base_name(), .may_be_unstated = true});
}

std::optional<sigstore::Demands> demands_of(cli::Environment& environment,
                                            const Settings& settings,
                                            const AskedModel& asked,
                                            const PublicKeyLoader& load) {
    Requirements conditions = conditions_of(settings, asked);
    const auto signer = signer_of(settings, load);
    const auto policy = policy_path(settings, asked.default_policy);
    if (!signer && !policy) {
        if (demands_something(settings, conditions)) {
            throw Error(ErrorKind::usage,
                        "--annotations, --model, --min-version, --allow-legacy and --insecure-… "
                        "say what a signature must be like; give --key, --certificate-identity or "
                        "--trust-policy as well, to say whose");
        }
        return std::nullopt;
    }
    sigstore::Demands demands{.statements = {}, .trust = trust_of(environment, settings, asked.at)};
    if (policy) {
        demands.statements =
            policy_demands(environment, *policy, conditions, demands.trust, asked.quiet);
    }
    if (!signer) {
        refuse_widening(conditions);
    } else {
        conditions.signers = {*signer};
        demands.statements.insert(demands.statements.begin(), std::move(conditions));
    }
    warn_if_old_root(environment, settings, demands, asked.quiet);
    return demands;
}

std::optional<AttestationDemands> attestation_demands_of(cli::Environment& environment,
                                                         const Settings& settings,
                                                         const AskedModel& asked,
                                                         const std::string& type,
                                                         const PublicKeyLoader& load) {
    Requirements conditions = conditions_of(settings, asked);
    const auto signer = signer_of(settings, load);
    const auto policy = policy_path(settings, asked.default_policy);
    if (!policy && settings.get("model")) {
        throw Error(
            ErrorKind::usage,
            "--model says about which model the trust policy is asked; give --trust-policy");
    }
    if (!signer && !policy) {
        return std::nullopt;
    }
    AttestationDemands wanted{
        .demands = {.statements = {}, .trust = trust_of(environment, settings, asked.at)},
        .names_signer = signer.has_value()};
    auto& statements = wanted.demands.statements;
    if (policy) {
        statements =
            policy_demands(environment, *policy, conditions, wanted.demands.trust, asked.quiet);
        std::erase_if(statements,
                      [&](const Requirements& one) { return one.predicate_type != type; });
    }
    if (signer) {
        // Its model and annotations are those that a signature states.
        statements.insert(statements.begin(),
                          {.signers = {*signer},
                           .predicate_type = type,
                           .ignore_log = conditions.ignore_log,
                           .ignore_sct = conditions.ignore_sct,
                           .allow_legacy = conditions.allow_legacy});
    } else {
        refuse_widening(conditions);
    }
    if (statements.empty()) {
        throw Error(ErrorKind::mismatch,
                    core::Reason::not_configured,
                    concat("the trust policy demands no statement of type ",
                           core::in_quotes(type),
                           " about the model ",
                           core::in_quotes(conditions.model->name),
                           ", and so names nobody who could have signed one"));
    }
    warn_if_old_root(environment, settings, wanted.demands, asked.quiet);
    return wanted;
}

}  // namespace modelseal::commands
