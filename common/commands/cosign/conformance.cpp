#include "common/commands/cosign/conformance.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/cosign/blob_file.hpp"
#include "common/commands/cosign/sign_blob.hpp"
#include "common/commands/cosign/verification_options.hpp"
#include "common/commands/opened_signer.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/attestation.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/sign.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view sign_verb = "sign-bundle";
constexpr std::string_view verify_verb = "verify-bundle";

constexpr std::array<std::string_view, 3> only_to_sign = {
    "in-toto", "identity-token", "signing-config"};
constexpr std::array<std::string_view, 3> only_to_verify = {
    "certificate-identity", "certificate-oidc-issuer", "key"};

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorKind::usage, std::move(message));
}

bool is_signing(const cli::Arguments& arguments) {
    return arguments.positional().front() == sign_verb;
}

void check_arguments(const cli::Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positional();
    if (words.size() != 2 || (words.front() != sign_verb && words.front() != verify_verb)) {
        refuse("conformance takes sign-bundle or verify-bundle, and exactly one file");
    }
    if (!arguments.has("bundle")) {
        refuse("--bundle is missing");
    }
    const std::span<const std::string_view> foreign =
        is_signing(arguments) ? only_to_verify : only_to_sign;
    const auto found = std::ranges::find_if(
        foreign, [&](std::string_view option) { return arguments.has(option); });
    if (found != foreign.end()) {
        refuse(concat("--", *found, " is not for ", words.front()));
    }
}

/// Whoever tests with the staging instance has to say what that is.
void check_staging(const cli::Arguments& arguments) {
    const std::string_view needed = is_signing(arguments) ? "signing-config" : "trusted-root";
    if (arguments.has("staging") && !arguments.has(needed)) {
        throw Error(ErrorKind::usage,
                    core::Reason::unsupported,
                    concat("--staging: Sigstore's staging instance is not known to this version; "
                           "give its --",
                           needed));
    }
}

/// The same for sign-blob. Suites run in the jobs of pull requests, and nobody is there to be
/// asked.
std::vector<std::string> words_of_sign_blob(const cli::Arguments& arguments) {
    std::vector<std::string> words = {"--yes", "--allow-pull-request"};
    for (const std::string_view option :
         {"identity-token", "bundle", "signing-config", "trusted-root"}) {
        if (const auto value = arguments.get(option)) {
            words.push_back(concat("--", option, '=', *value));
        }
    }
    words.push_back(arguments.positional().back());
    return words;
}

void sign_statement(cli::Environment& environment,
                    const cli::Arguments& arguments,
                    const std::string& path) {
    core::require_writable(*arguments.get("bundle"));
    std::string statement = core::read_small_file(path, sigstore::bundle_size_limit);
    if (sigstore::Statement::parse(statement, sigstore::bundle_size_limit).predicate_type ==
        sigstore::predicate_types::cosign_sign) {
        throw Error(ErrorKind::usage,
                    concat("a statement of type ",
                           core::in_quotes(sigstore::predicate_types::cosign_sign),
                           " would be a model's signature, and no model was checked: use 'sign'"));
    }
    OpenedSigner signer = open_signer(environment, arguments);
    const auto made = sigstore::sign_statement(std::move(statement), signer.maker());
    sigstore::storing(made.record,
                      [&] { core::write_output(*arguments.get("bundle"), made.bundle); });
}

int sign(cli::Environment& environment, const cli::Arguments& arguments) {
    const cli::Command command = sign_blob_command();
    const cli::Arguments of_sign_blob =
        cli::parse_arguments(command, words_of_sign_blob(arguments));
    if (!arguments.has("in-toto")) {
        return command.run(environment, of_sign_blob);
    }
    sign_statement(environment, of_sign_blob, arguments.positional().back());
    return cli::exit_ok;
}

digest::Digest digest_of(const sigstore::BlobReader& read) {
    digest::Sha256 sha256;
    read(sha256);
    return sha256.finish();
}

/// A statement of whatever type: it is the suite's matter what it says of the file.
void verify_statement(const digest::Digest& artifact,
                      const sigstore::Envelope& envelope,
                      sigstore::Evidence evidence,
                      SignerDemand demand) {
    demand.requirements.predicate_type =
        sigstore::Statement::parse(envelope.payload, sigstore::attestation_bundle_size_limit)
            .predicate_type;
    const std::array all = {std::move(evidence)};
    static_cast<void>(
        sigstore::verify_attestations(artifact, all, demand.requirements, demand.trust));
}

int verify(cli::Environment& environment, const cli::Arguments& arguments) {
    SignerDemand demand = signer_demand(environment, arguments);
    demand.requirements.require_log = true;  // for a key, too, as other clients have it
    const std::string path = *arguments.get("bundle");
    const std::string text = core::read_small_file(path, sigstore::attestation_bundle_size_limit);
    const auto bundle = sigstore::Bundle::parse(text, sigstore::attestation_bundle_size_limit);
    const std::string& name = arguments.positional().back();
    const auto digest = named_digest(name);
    core::NoProgress no_progress;
    const auto file = digest
                          ? std::nullopt
                          : std::optional<BlobFile>(std::in_place, environment, name, no_progress);
    if (const auto* envelope = std::get_if<sigstore::Envelope>(&bundle.content)) {
        verify_statement(digest ? *digest : digest_of(file->reader()),
                         *envelope,
                         {.origin = path, .content = text},
                         std::move(demand));
        return cli::exit_ok;
    }
    const auto blob =
        digest ? std::variant<sigstore::BlobReader, digest::Digest>(*digest) : file->reader();
    static_cast<void>(sigstore::verify_blob(
        blob, {.origin = path, .signature = text}, demand.requirements, demand.trust));
    return cli::exit_ok;
}

int run_conformance(cli::Environment& environment, const cli::Arguments& arguments) {
    check_arguments(arguments);
    check_staging(arguments);
    return is_signing(arguments) ? sign(environment, arguments) : verify(environment, arguments);
}

}  // namespace

cli::Command conformance_command() {
    return {
        .name = "conformance",
        .usage = "sign-bundle|verify-bundle [OPTIONS] --bundle FILE FILE|sha256:DIGEST",
        .verbs = {std::string(sign_verb), std::string(verify_verb)},
        .summary = "be driven by the suites that test Sigstore clients",
        .description =
            "As those suites have it, a signature by a key counts only if it is logged, too, and a "
            "signed statement of any type will do that is about the file. Exit code 0 means "
            "verified. For people there are sign-blob, verify-blob and verify-attestation.",
        .options = {{.long_name = "staging",
                     .help = "with Sigstore's staging instance, which the other options describe"},
                    {.long_name = "in-toto", .help = "the file is a statement: sign it as one"},
                    {.long_name = "identity-token", .value = "TOKEN", .help = "who signs"},
                    {.long_name = "bundle", .value = "FILE", .help = "the bundle"},
                    {.long_name = "certificate-identity",
                     .value = "IDENTITY",
                     .help = "who must have signed"},
                    {.long_name = "certificate-oidc-issuer",
                     .value = "URL",
                     .help = "who must have vouched for that identity"},
                    {.long_name = "key", .value = "KEY", .help = "the key that must have signed"},
                    {.long_name = "trusted-root", .value = "FILE", .help = "whom to believe"},
                    {.long_name = "signing-config",
                     .value = "FILE",
                     .help = "the services to use"}},
        .run = run_conformance,
        .hidden = true};
}

}  // namespace modelseal::commands::cosign
