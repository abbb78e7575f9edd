#include "common/commands/cosign/stock_options.hpp"

#include <initializer_list>
#include <string_view>

namespace modelseal::commands::cosign {

namespace {

using Names = std::initializer_list<const char*>;

constexpr std::string_view keyless_signing =
    "signing by identity (keyless), with a hardware token or with a certificate is not in this "
    "version; use 'cosign sign'";
constexpr std::string_view keyless_verification =
    "verification by identity (keyless) or certificate is not in this version; use 'cosign verify'";
constexpr std::string_view no_log =
    "transparency logs and time stamps are not in this version; use stock cosign";
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
    options.push_back({.long_name = "verbose",
                       .short_name = 'd',
                       .refused = "there is no debug log in this version"});
}

}  // namespace

std::vector<cli::Option> stock_options_of_generate() {
    std::vector<cli::Option> options = {taking_value(
        "kms",
        "keys are not made in a key service in this version; make it there with 'cosign "
        "generate-key-pair --kms', then sign here with --key PLUGIN://KEY")};
    add_common(options);
    return options;
}

std::vector<cli::Option> stock_options_of_sign() {
    std::vector<cli::Option> options = {
        {.long_name = "recursive",
         .short_name = 'r',
         .refused = "signing all that an index lists is not in this version; sign each artifact, "
                    "or use 'cosign sign -r'"},
        {.long_name = "sk", .refused = std::string(keyless_signing)},
        {.long_name = "issue-certificate", .refused = std::string(keyless_signing)}};
    add(options,
        {"identity-token",
         "fulcio-url",
         "oidc-issuer",
         "oidc-client-id",
         "oidc-client-secret-file",
         "oidc-redirect-url",
         "fulcio-auth-flow",
         "oidc-provider",
         "slot",
         "certificate",
         "certificate-chain"},
        keyless_signing);
    add(options, {"rekor-url", "timestamp-server-url", "signing-config", "trusted-root"}, no_log);
    add(options,
        {"output-signature", "output-certificate", "output-payload", "payload"},
        separate_files);
    add_common(options);
    return options;
}

std::vector<cli::Option> stock_options_of_verify() {
    std::vector<cli::Option> options = {
        {.long_name = "local-image",
         .refused = "a layout in a folder is named with --oci-layout PATH:TAG here"},
        {.long_name = "sk", .refused = std::string(keyless_verification)}};
    add(options,
        {"certificate-identity",
         "certificate-identity-regexp",
         "certificate-oidc-issuer",
         "certificate-oidc-issuer-regexp",
         "certificate-github-workflow-name",
         "certificate-github-workflow-ref",
         "certificate-github-workflow-repository",
         "certificate-github-workflow-sha",
         "certificate-github-workflow-trigger",
         "certificate",
         "certificate-chain",
         "ca-roots",
         "ca-intermediates",
         "slot"},
        keyless_verification);
    add(options, {"rekor-url", "trusted-root", "timestamp-certificate-chain"}, no_log);
    add(options, {"signature", "payload"}, separate_files);
    add_common(options);
    return options;
}

}  // namespace modelseal::commands::cosign
