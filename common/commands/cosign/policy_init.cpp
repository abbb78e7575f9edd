#include "common/commands/cosign/policy_init.hpp"

#include "common/cli/exit_code.hpp"
#include "common/commands/cosign/overwrite.hpp"
#include "common/commands/cosign/stored_artifact.hpp"
#include "common/commands/signing_key.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/signed_annotations.hpp"
#include "common/sigstore/policy/draft_policy.hpp"
#include "common/sigstore/policy/trust_policy.hpp"

#include <filesystem>
#include <ostream>
#include <set>
#include <system_error>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using sigstore::Requirements;

constexpr std::int64_t validity = std::int64_t{365} * 24 * 3600;  // seconds

/// What is asked of the existing signature, and whether somebody said who made it.
struct Question {
    Requirements requirements;
    sigstore::Trust trust;
    bool names_signer;
};

Question question_of(cli::Environment& environment,
                     const cli::Arguments& arguments,
                     const oci::Repository& repository) {
    const Settings settings = Settings::of_flags(arguments, environment.variables);
    const auto signer = signer_of(
        settings, [&](std::string_view key) { return load_verification_key(environment, key); });
    Question question{.requirements = {.model = model_of(repository),
                                       .allow_legacy = arguments.has("allow-legacy")},
                      .trust = trust_of(environment, settings),
                      .names_signer = signer.has_value()};
    if (signer) {
        question.requirements.signers = {*signer};
    }
    if (const auto model = arguments.get("model")) {
        question.requirements.model = {.name = *model};
    }
    return question;
}

/// Whom a person is then to review. Which of several is meant, only a person can say.
sigstore::TrustedIdentity only_signer(const StoredArtifact& stored, const Question& question) {
    std::set<std::string> signers;
    std::optional<sigstore::TrustedIdentity> found;
    try {
        for (const sigstore::SignatureFacts& facts : sigstore::signatures_of(
                 stored.digest, stored.evidence, question.requirements, question.trust)) {
            const auto& identity =
                std::get<sigstore::SigningCertificate>(facts.authentication.signer).identity;
            signers.insert(signer_line(facts.authentication));
            found = {.subject = sigstore::TextPattern::exact(identity.subject),
                     .issuer = sigstore::TextPattern::exact(identity.issuer)};
        }
    } catch (const Error& error) {
        if (error.reason() != core::Reason::wrong_signer) {
            throw;
        }
        throw Error(ErrorKind::usage,
                    core::Reason::not_configured,
                    "it is signed by a key, which a signature does not hold: give --key");
    }
    if (signers.size() > 1) {
        throw Error(ErrorKind::usage,
                    concat("it is signed by several: ",
                           core::join({signers.begin(), signers.end()}, "; "),
                           ". Name one of them with --certificate-identity and "
                           "--certificate-oidc-issuer"));
    }
    return *std::move(found);
}

/// One with a timestamp, if there is one. What nothing depends on is not read, as the times of a
/// key's signature: so it is demanded.
std::optional<sigstore::VerifiedArtifact> verify_with_timestamp(const StoredArtifact& stored,
                                                                Requirements requirements,
                                                                const sigstore::Trust& trust) {
    requirements.require_timestamp = true;
    try {
        return sigstore::verify_artifact(stored.digest,
                                         stored.evidence,
                                         {.statements = {std::move(requirements)}, .trust = trust},
                                         stored.revision);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::no_signature &&
            error.kind() != ErrorKind::no_matching_signature) {
            throw;
        }
        return std::nullopt;
    }
}

std::optional<std::string> stated(const sigstore::SignatureFacts& facts, std::string_view key) {
    const auto found = facts.annotations.find(std::string(key));
    return found == facts.annotations.end() ? std::nullopt : std::optional(found->second);
}

std::string model_name(const sigstore::SignatureFacts& facts, const Question& question) {
    if (auto name = stated(facts, sigstore::signed_annotations::model)) {
        return *std::move(name);
    }
    if (!question.requirements.model) {
        throw Error(ErrorKind::usage,
                    "the signature does not state which model it is, and the name of a layout does "
                    "not say it: no policy could accept it. Sign it with 'cosign-modelseal sign "
                    "--model NAME'");
    }
    return question.requirements.model->name;
}

/// Which the draft names need not be the one that is meant.
void warn_of_several_models(cli::Environment& environment,
                            const cli::Arguments& arguments,
                            const StoredArtifact& stored,
                            Question question) {
    if (arguments.has("model")) {
        return;
    }
    question.requirements.model = std::nullopt;
    std::set<std::string> models;
    for (const sigstore::SignatureFacts& facts : sigstore::signatures_of(
             stored.digest, stored.evidence, question.requirements, question.trust)) {
        if (const auto model = stated(facts, sigstore::signed_annotations::model)) {
            models.insert(core::in_quotes(*model));
        }
    }
    if (models.size() > 1) {
        environment.err << "Warning: it is signed as several models: "
                        << core::join({models.begin(), models.end()}, ", ")
                        << "; name the one that is meant with --model\n";
    }
}

/// Above that of the policy which is replaced, since verifiers refuse a lower one; 1 where none is.
std::uint64_t next_serial(const std::optional<std::string>& path) {
    std::error_code ignored;  // then there is none
    if (!path || !std::filesystem::is_regular_file(*path, ignored)) {
        return 1;
    }
    try {
        const std::uint64_t serial = sigstore::TrustPolicy::load(*path).serial();
        return serial + 1;
    } catch (const Error&) {
        return 1;  // no policy: nobody can have used it
    }
}

sigstore::DraftFacts draft_facts(const sigstore::SignatureFacts& facts,
                                 const Question& question,
                                 bool has_timestamp,
                                 core::Timestamp expires) {
    namespace keys = sigstore::signed_annotations;
    const sigstore::Authentication& made = facts.authentication;
    sigstore::DraftFacts draft{.signer = sigstore::DraftIdentity(),
                               .signer_is_unreviewed = !question.names_signer,
                               .model = model_name(facts, question),
                               .version = stated(facts, keys::version),
                               .check = stated(facts, keys::check),
                               .has_timestamp = has_timestamp,
                               .is_legacy = facts.format == sigstore::SignatureFormat::legacy,
                               .expires = expires};
    if (const auto* key = std::get_if<sigstore::SigningKey>(&made.signer)) {
        draft.signer = key->key;
    } else {
        const auto& identity = std::get<sigstore::SigningCertificate>(made.signer).identity;
        draft.signer =
            sigstore::DraftIdentity{.subject = identity.subject,
                                    .issuer = identity.issuer,
                                    .repository_id = identity.source_repository_identifier,
                                    .ref = identity.source_repository_ref};
    }
    return draft;
}

/// A draft that refuses what it was drafted from would be of no use to anybody.
void require_accepting(const std::string& policy,
                       const std::string& model,
                       const StoredArtifact& stored,
                       const Question& question) {
    core::with_context("the drafted policy does not accept it", [&] {
        const auto parsed =
            sigstore::TrustPolicy::parse(policy, [](std::string_view) { return std::string(); });
        const auto asked =
            question.requirements.model.value_or(sigstore::RequiredModel{.name = model});
        static_cast<void>(sigstore::verify_artifact(
            stored.digest,
            stored.evidence,
            {.statements = parsed.requirements_for(asked), .trust = question.trust},
            stored.revision));
    });
}

void tell_draft(cli::Environment& environment,
                const cli::Arguments& arguments,
                const sigstore::DraftFacts& draft,
                const sigstore::SignatureFacts& facts) {
    const std::string by = signer_line(facts.authentication);
    if (draft.signer_is_unreviewed) {
        environment.err << "Warning: nobody was named who must have signed. The identity " << by
                        << " was taken from the artifact itself, where whoever can write to its "
                           "repository could have put it: review it before you use this policy\n";
    }
    if (arguments.has("quiet")) {
        return;
    }
    environment.err << "Verified: signed by " << by << '\n';
    if (!facts.states_model) {
        environment.err << "Note: the signature does not state which model it is; "
                           "modelseal-verify, which asks no registry, will refuse it\n";
    }
    if (draft.serial > 1) {
        environment.err << "The draft's serial is " << draft.serial
                        << ", one more than that of the policy it replaces\n";
    }
    environment.err << "The policy accepts the model " << core::in_quotes(draft.model) << " until "
                    << draft.expires.to_string() << "; review it before you use it\n";
}

}  // namespace

std::vector<cli::Option> policy_init_options() {
    std::vector<cli::Option> options = {
        {.long_name = "from",
         .value = "REF",
         .help = "init: the signed artifact that a policy is drafted from"},
        {.long_name = "output",
         .short_name = 'o',
         .value = "FILE",
         .help = "init: write the policy to FILE (default: standard output)"},
        overwrite_option()};
    for (cli::Option& option : signer_options("a PEM file, env://VARIABLE or PLUGIN://KEY")) {
        if (!option.long_name.starts_with("insecure-")) {  // a policy has no word for these
            option.help.insert(0, "init: ");
            options.push_back(std::move(option));
        }
    }
    options.push_back({.long_name = "model",
                       .value = "NAME",
                       .help = "init: the model that the signature must state"});
    options.push_back({.long_name = "allow-legacy",
                       .help = "init: accept a signature in the format of cosign 2 as well"});
    return options;
}

int run_policy_init(cli::Environment& environment, const cli::Arguments& arguments) {
    const auto reference = arguments.get("from");
    if (!reference || arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "write: policy init --from REF");
    }
    const auto path = arguments.get("output");
    if (path) {
        confirm_overwrite(environment, arguments, *path, "no policy");
        core::require_writable(*path);
    }
    core::NoProgress no_progress;  // manifests and signatures are small
    OpenedStore opened = open_source(environment, arguments, *reference, no_progress);
    Question question = question_of(environment, arguments, opened.reference.repository);
    core::with_context(concat("drafting a policy from ", core::in_quotes(*reference)), [&] {
        sigstore::Demands demands{.statements = {question.requirements}, .trust = question.trust};
        const StoredArtifact stored = fetch_artifact(environment, arguments, opened, demands);
        if (!question.names_signer) {
            question.requirements.signers = {only_signer(stored, question)};
            demands.statements = {question.requirements};
        }
        warn_if_old_root(environment,
                         Settings::of_flags(arguments, environment.variables),
                         demands,
                         arguments.has("quiet"));
        auto verified =
            sigstore::verify_artifact(stored.digest, stored.evidence, demands, stored.revision);
        auto timed = verify_with_timestamp(stored, question.requirements, question.trust);
        const bool has_timestamp = timed.has_value();
        if (timed) {
            verified = *std::move(timed);
        }
        auto draft = draft_facts(
            verified.signature(),
            question,
            has_timestamp,
            core::Timestamp::from_unix(environment.clock.now().unix_seconds() + validity));
        draft.serial = next_serial(path);
        const std::string policy = sigstore::draft_policy(draft);
        require_accepting(policy, draft.model, stored, question);
        if (path) {
            core::write_output(*path, policy);
        } else {
            environment.out << policy;
        }
        warn_of_several_models(environment, arguments, stored, question);
        tell_draft(environment, arguments, draft, verified.signature());
    });
    return cli::exit_ok;
}

}  // namespace modelseal::commands::cosign
