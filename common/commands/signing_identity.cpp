#include "common/commands/signing_identity.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/services/ci_trigger.hpp"
#include "common/services/token_provider.hpp"

#include <filesystem>

namespace modelseal::commands {

namespace {

using core::concat;
using services::IdentityToken;

/// As cosign has it: the name of a file when there is one of that name, else the token itself.
core::Secret read_token(const std::string& given) {
    std::error_code ignored;
    if (!std::filesystem::exists(given, ignored)) {
        return core::Secret(given);
    }
    std::string text = core::read_small_file(given, services::identity_token_limit);
    core::Secret token(text);
    core::wipe(text);
    return token;
}

services::TokenRequest request_of(const cli::Arguments& arguments) {
    services::TokenRequest request;
    if (const auto given = arguments.get("identity-token")) {
        request.given = read_token(*given);
    }
    if (const auto provider = arguments.get("oidc-provider")) {
        request.provider = services::parse_token_provider(*provider);
    }
    return request;
}

void check_trigger(const core::Variables& variables, const IdentityToken& token) {
    const auto trigger = services::pull_request_trigger(variables, token.claims());
    if (trigger) {
        throw core::Error(core::ErrorKind::denied,
                          concat("this job was started by ",
                                 core::in_quotes(*trigger),
                                 ", which people can do who may not sign: give "
                                 "--allow-pull-request if they may"));
    }
}

}  // namespace

const std::vector<cli::Option>& identity_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "identity-token",
         .value = "TOKEN",
         .help = "without --key: sign in the name of this OpenID Connect token's subject; the "
                 "token, or a file that holds it",
         .variable = "MODELSEAL_IDENTITY_TOKEN",
         .yields_to = {"key", "oidc-provider"}},
        {.long_name = "oidc-provider",
         .value = "NAME",
         .help = "get the token from there: envvar, filesystem, github-actions, "
                 "google-workload-identity (default: the first that is there)",
         .variable = "MODELSEAL_OIDC_PROVIDER",
         .yields_to = {"key", "identity-token"}},
        {.long_name = "allow-pull-request",
         .help = "sign in a job that a pull request started, whoever wrote it"},
    };
    return options;
}

services::TokenSource token_source(cli::Environment& environment,
                                   const cli::Arguments& arguments,
                                   http::Transport& transport) {
    const services::TokenRequest request = request_of(arguments);
    const core::Variables& variables = environment.variables;
    services::require_token_source({.variables = variables, .transport = transport}, request);
    const bool allows_all = arguments.has("allow-pull-request");
    if (request.given) {
        const auto token =
            core::with_context(concat("reading ", arguments.source_of("identity-token")),
                               [&] { return IdentityToken::parse(*request.given); });
        if (!allows_all) {
            check_trigger(variables, token);
        }
        return [token] {
            return token;
        };
    }
    return [&variables, &transport, request, allows_all] {
        auto token = services::obtain_identity_token(
            {.variables = variables, .transport = transport}, request);
        if (!allows_all) {
            check_trigger(variables, token);
        }
        return token;
    };
}

}  // namespace modelseal::commands
