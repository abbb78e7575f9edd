#include "common/commands/cosign/stock_options.hpp"

#include "common/core/text.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace modelseal::commands::cosign {

namespace {

using Names = std::initializer_list<const char*>;

constexpr std::string_view separate_files =
    "signature and payload in files of their own are not in this version; use --bundle";

cli::Option taking_value(const char* name, std::string_view instead) {
    return {.long_name = name, .value = "VALUE", .refused = std::string(instead)};
}

void add(std::vector<cli::Option>& options, Names names, std::string_view instead) {
    for (const char* name : names) {
        options.push_back(taking_value(name, instead));
    }
}

/// Of every command of cosign.
void add_common(std::vector<cli::Option>& options) {
    const std::string no_log =
        "there is no debug log in this version; errors are on standard error";
    options.push_back({.long_name = "verbose", .short_name = 'd', .refused = no_log});
    options.push_back(taking_value("output-file", no_log));
}

/// Of those that ask nobody, too.
cli::Option no_timeout() {
    cli::Option option = taking_value(
        "timeout", "leave it out: nobody is asked here, so there is nothing to wait for");
    option.short_name = 't';
    return option;
}

/// Of every command of cosign that speaks to a registry.
void add_registry(std::vector<cli::Option>& options) {
    add(options,
        {"registry-server-name"},
        "a registry must prove the name that the reference has; --ca-file names more authorities");
    options.push_back(
        {.long_name = "k8s-keychain",
         .refused = "a cluster's credentials are not looked for; --registry-config names a file"});
}

std::string not_here(std::string_view what, std::string_view command) {
    return core::concat(what, " not in this version; use 'cosign ", command, '\'');
}

void add_switches(std::vector<cli::Option>& options, Names names, std::string_view instead) {
    for (const char* name : names) {
        options.push_back({.long_name = name, .refused = std::string(instead)});
    }
}

/// Of every command of cosign that signs.
void add_signing(std::vector<cli::Option>& options, std::string_view command) {
    const std::string tokens =
        not_here("hardware tokens without a plugin (--key PLUGIN://KEY) are", command);
    const std::string certificates =
        not_here("certificates of one's own, or for a key of one's own, are", command);
    add_switches(options, {"sk"}, tokens);
    add(options, {"slot"}, tokens);
    add_switches(options, {"issue-certificate"}, certificates);
    add(options, {"certificate", "certificate-chain", "cert", "cert-chain"}, certificates);
    add(options,
        {"oidc-issuer",
         "oidc-client-id",
         "oidc-client-secret-file",
         "oidc-redirect-url",
         "fulcio-auth-flow"},
        "this version opens no browser; give a token with --identity-token");
    add_switches(
        options,
        {"oidc-disable-ambient-providers"},
        "the token of --identity-token comes first; --oidc-provider names one other place");
    add_switches(options,
                 {"insecure-skip-verify"},
                 "leave it out: what services answer is checked only with --trusted-root");
    add_switches(options,
                 {"new-bundle-format"},
                 "leave it out: signatures are bundles; 'sign' and 'attest' also store the format "
                 "of cosign 2 with --legacy");
    add(options,
        {"timestamp-client-cacert",
         "timestamp-client-cert",
         "timestamp-client-key",
         "timestamp-server-name"},
        "services prove who they are to the system's authorities (SSL_CERT_FILE), and are shown no "
        "certificate");
    add_common(options);
}

/// Of those whose signatures are stored in a registry.
void add_registry_signing(std::vector<cli::Option>& options) {
    add(options,
        {"registry-referrers-mode"},
        "the referrers API is used wherever a registry has it, and else its fallback tag");
    add_registry(options);
    add_switches(options,
                 {"record-creation-timestamp"},
                 "the time is always recorded: that of SOURCE_DATE_EPOCH, else now");
}

/// Of every command of cosign that verifies.
void add_verification(std::vector<cli::Option>& options, std::string_view command) {
    options.push_back({.long_name = "sk",
                       .refused = core::concat("hardware tokens are not in this version; write the "
                                               "public key to a file, or use 'cosign ",
                                               command,
                                               " --sk'")});
    add(options, {"slot"}, "hardware tokens are not in this version");
    add(options,
        {"certificate-github-workflow-name",
         "certificate-github-workflow-ref",
         "certificate-github-workflow-repository",
         "certificate-github-workflow-sha",
         "certificate-github-workflow-trigger"},
        "what a certificate says of the workflow is demanded by a trust policy: repository_id, ref "
        "and triggers of an identity (--trust-policy)");
    add(options,
        {"certificate", "certificate-chain", "ca-roots", "ca-intermediates"},
        "the certificate is in the bundle, and which authorities are believed says --trusted-root "
        "('cosign trusted-root create' makes one)");
    add(options,
        {"rekor-url"},
        "no log is asked while verifying: the entry in the bundle proves itself (--trusted-root "
        "says which logs are believed)");
    add(options,
        {"timestamp-certificate-chain"},
        "which timestamp authorities are believed says --trusted-root");
    add(options, {"max-workers"}, "leave it out: how much is done at once is not set by hand here");
    for (const auto& [name, instead] :
         {std::pair{"use-signed-timestamps", "timestamps that are there are always checked"},
          std::pair{"offline", "nothing but the artifact's own evidence is ever asked for"},
          std::pair{
              "private-infrastructure",
              "what a log must prove is decided by --trusted-root and --insecure-ignore-tlog"},
          std::pair{"experimental-oci11", "the referrers API is used wherever a registry has it"},
          std::pair{"allow-certificate-chain",
                    "a bundle of v0.3 holds one certificate; its issuers are --trusted-root's"}}) {
        options.push_back({.long_name = name, .refused = instead});
    }
    add_common(options);
}

constexpr const char* local_image = "a layout in a folder is named with --oci-layout PATH:TAG here";

}  // namespace

std::vector<cli::Option> stock_options_of_generate() {
    std::vector<cli::Option> options = {taking_value(
        "kms",
        "keys are not made in a key service in this version; make it there with 'cosign "
        "generate-key-pair --kms', then sign here with --key PLUGIN://KEY")};
    add_common(options);
    options.push_back(no_timeout());
    return options;
}

std::vector<cli::Option> stock_options_of_import() {
    std::vector<cli::Option> options;
    add_common(options);
    options.push_back(no_timeout());
    return options;
}

std::vector<cli::Option> stock_options_of_public_key() {
    const std::string tokens =
        not_here("hardware tokens without a plugin (--key PLUGIN://KEY) are", "public-key --sk");
    std::vector<cli::Option> options = stock_options_of_import();
    add_switches(options, {"sk"}, tokens);
    add(options, {"slot"}, tokens);
    return options;
}

std::vector<cli::Option> stock_options_of_sign() {
    std::vector<cli::Option> options = {
        {.long_name = "recursive",
         .short_name = 'r',
         .refused = "signing all that an index lists is not in this version; sign each artifact, "
                    "or use 'cosign sign -r'"}};
    add_signing(options, "sign");
    add_registry_signing(options);
    add(options,
        {"output-signature", "output-certificate", "output-payload", "payload"},
        separate_files);
    add(options,
        {"attachment", "attachment-tag-prefix"},
        "attachments have no tags of their own here; sign one by its digest");
    add(options,
        {"sign-container-identity"},
        "a signature in the format of cosign 2 always names the repository that it is in");
    return options;
}

std::vector<cli::Option> stock_options_of_verify() {
    std::vector<cli::Option> options = {
        {.long_name = "local-image", .refused = local_image},
        {.long_name = "check-claims",
         .refused = "that a signature is about the artifact is always checked"}};
    add_verification(options, "verify");
    add_registry(options);
    add(options, {"signature", "payload"}, separate_files);
    return options;
}

std::vector<cli::Option> stock_options_of_attest() {
    std::vector<cli::Option> options = {
        {.long_name = "recursive",
         .short_name = 'r',
         .refused = "attesting all that an index lists is not in this version; attest each "
                    "artifact, or use 'cosign attest -r'"},
        {.long_name = "replace",
         .refused = "attestations are added, never replaced; 'cosign attest --replace' does it in "
                    "the format of cosign 2"}};
    add_signing(options, "attest");
    add_registry_signing(options);
    add(options,
        {"statement"},
        "only a predicate is taken, and the statement about it made here; use 'cosign attest "
        "--statement'");
    return options;
}

std::vector<cli::Option> stock_options_of_verify_attestation() {
    std::vector<cli::Option> options = {
        {.long_name = "local-image", .refused = local_image},
        {.long_name = "check-claims",
         .refused = "that an attestation is about the artifact is always checked"}};
    add_verification(options, "verify-attestation");
    add_registry(options);
    add(options,
        {"policy"},
        "CUE and Rego policies are not in this version; give the printed envelopes to 'cue vet' or "
        "'opa eval', or use 'cosign verify-attestation --policy'");
    return options;
}

std::vector<cli::Option> stock_options_of_sign_blob() {
    std::vector<cli::Option> options;
    add_signing(options, "sign-blob");
    add(options,
        {"output-certificate", "rfc3161-timestamp"},
        "certificate and timestamp are in the bundle; use --bundle");
    add(options,
        {"signing-algorithm"},
        "the key decides: ECDSA with the hash of its curve, RSA with SHA-256, pure Ed25519");
    return options;
}

std::vector<cli::Option> stock_options_of_verify_blob() {
    std::vector<cli::Option> options;
    add_verification(options, "verify-blob");
    options.push_back(no_timeout());
    add(options, {"rfc3161-timestamp"}, "the timestamp is in the bundle; use --bundle");
    return options;
}

}  // namespace modelseal::commands::cosign
