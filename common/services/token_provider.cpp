#include "common/services/token_provider.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/services/service_call.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr std::string_view token_variable = "SIGSTORE_ID_TOKEN";
constexpr std::string_view github_url = "ACTIONS_ID_TOKEN_REQUEST_URL";
constexpr std::string_view github_token = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
constexpr std::string_view buildkite_token = "BUILDKITE_AGENT_ACCESS_TOKEN";
constexpr unsigned github_retries = 2;  // three tries, as cosign's
constexpr std::uint64_t product_name_limit = 4096;

/// In the order in which they are looked for.
constexpr std::array providers{
    TokenProvider::envvar,
    TokenProvider::filesystem,
    TokenProvider::github_actions,
    TokenProvider::buildkite_agent,
    TokenProvider::google_workload_identity,
    TokenProvider::google_impersonate,
    TokenProvider::spiffe,
};

[[noreturn]] void refuse(Reason reason, std::string message) {
    throw Error(ErrorKind::usage, reason, std::move(message));
}

[[noreturn]] void refuse_unsupported(TokenProvider provider, std::string_view way_around) {
    refuse(Reason::unsupported,
           concat("this version does not get identity tokens from ",
                  to_string(provider),
                  ": ",
                  way_around));
}

/// Wipes what it is made from.
core::Secret secret_from(std::string& text) {
    core::Secret secret(text);
    core::wipe(text);
    return secret;
}

IdentityToken token_from_variable(const TokenSources& sources) {
    auto text = sources.variables.get(token_variable);
    if (!text) {
        refuse(Reason::not_configured, concat("the variable ", token_variable, " is not set"));
    }
    return core::with_context(concat("reading the variable ", token_variable),
                              [&] { return IdentityToken::parse(secret_from(*text)); });
}

IdentityToken token_from_file(const TokenSources& sources) {
    return core::with_context(concat("reading ", sources.token_file.string()), [&] {
        std::string text = core::read_small_file(sources.token_file, identity_token_limit);
        return IdentityToken::parse(secret_from(text));
    });
}

core::Secret read_github_answer(std::string& body) {
    return core::with_context("reading the answer of GitHub's token service", [&] {
        core::Json json = core::parse_json(body, {.size = answer_limit, .depth = 16});
        core::wipe(body);
        std::string value = core::require_string(json, "value");
        return secret_from(value);
    });
}

/// https://docs.github.com/en/actions/reference/security/oidc
IdentityToken token_from_github(const TokenSources& sources, std::string_view audience) {
    const auto url = sources.variables.get_nonempty(github_url);
    const auto token = sources.variables.get_nonempty(github_token);
    if (!url || !token) {
        refuse(Reason::not_configured,
               concat("this is no GitHub Actions job that may get an identity token (",
                      github_url,
                      " and ",
                      github_token,
                      " are not set): give the job 'permissions: id-token: write'"));
    }
    http::Request request{.url = core::with_context(concat("reading the variable ", github_url),
                                                    [&] { return http::Url::parse(*url); })};
    check_secret_is_safe(request.url, "GitHub's token service");
    request.url = request.url.with_parameter("audience", audience);
    request.headers.set("Authorization", concat("bearer ", *token));
    request.headers.set("Accept", "application/json");
    request.retries = github_retries;
    http::Response response = call_service(
        sources.transport, std::move(request), "GitHub's token service", core::Secret(*token));
    return IdentityToken::parse(read_github_answer(response.body));
}

/// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
IdentityToken token_from_google(const TokenSources& sources, std::string_view audience) {
    http::Request request{
        .url = endpoint(http::Url::parse(sources.google_metadata),
                        "/computeMetadata/v1/instance/service-accounts/default/identity")
                   .with_parameter("audience", audience)
                   .with_parameter("format", "full")};
    request.headers.set("Metadata-Flavor", "Google");
    http::Response response =
        call_service(sources.transport, std::move(request), "Google's metadata server");
    return IdentityToken::parse(secret_from(response.body));
}

IdentityToken token_from(TokenProvider provider,
                         const TokenSources& sources,
                         std::string_view audience) {
    switch (provider) {
        case TokenProvider::envvar:
            return token_from_variable(sources);
        case TokenProvider::filesystem:
            return token_from_file(sources);
        case TokenProvider::github_actions:
            return token_from_github(sources, audience);
        case TokenProvider::google_workload_identity:
            return token_from_google(sources, audience);
        case TokenProvider::buildkite_agent:
            refuse_unsupported(provider,
                               concat("set ",
                                      token_variable,
                                      " to what 'buildkite-agent oidc request-token --audience ",
                                      audience,
                                      "' prints"));
        case TokenProvider::google_impersonate:
            refuse_unsupported(provider,
                               concat("set ",
                                      token_variable,
                                      " to what 'gcloud auth print-identity-token "
                                      "--impersonate-service-account=ACCOUNT --include-email "
                                      "--audiences=",
                                      audience,
                                      "' prints"));
        case TokenProvider::spiffe:
            refuse_unsupported(provider,
                               concat("set ",
                                      token_variable,
                                      " to the token of 'spire-agent api fetch jwt -audience ",
                                      audience,
                                      "'"));
    }
    throw Error(ErrorKind::internal, "an identity provider without a name");
}

bool is_google_machine(const TokenSources& sources) {
    try {
        const std::string name =
            core::read_small_file(sources.product_name_file, product_name_limit);
        return core::trim(name) == "Google" || core::trim(name) == "Google Compute Engine";
    } catch (const Error&) {  // no such file: not a machine that says so
        return false;
    }
}

/// Whether the provider announces itself, without asking anybody.
bool is_there(TokenProvider provider, const TokenSources& sources) {
    const core::Variables& variables = sources.variables;
    switch (provider) {
        case TokenProvider::envvar:
            return variables.get(token_variable).has_value();
        case TokenProvider::filesystem: {
            std::error_code ignored;
            return std::filesystem::exists(sources.token_file, ignored);
        }
        case TokenProvider::github_actions:
            return variables.get_nonempty(github_url) && variables.get_nonempty(github_token);
        case TokenProvider::buildkite_agent:
            return variables.get_nonempty(buildkite_token).has_value();
        case TokenProvider::google_workload_identity:
            return is_google_machine(sources);
        case TokenProvider::google_impersonate:
        case TokenProvider::spiffe:
            return false;
    }
    return false;
}

std::optional<TokenProvider> first_provider(const TokenSources& sources) {
    const auto* found =
        std::find_if(providers.begin(), providers.end(), [&](TokenProvider provider) {
            return is_there(provider, sources);
        });
    return found == providers.end() ? std::nullopt : std::optional(*found);
}

[[noreturn]] void refuse_nothing(const core::Variables& variables) {
    const bool github = variables.get_nonempty("GITHUB_ACTIONS").has_value();
    refuse(Reason::not_configured,
           concat("there is no identity token to sign with: ",
                  github ? "give the job 'permissions: id-token: write'"
                         : concat("give one with --identity-token or ",
                                  token_variable,
                                  " (this version opens no browser), or sign with --key")));
}

}  // namespace

std::string_view to_string(TokenProvider provider) noexcept {
    switch (provider) {
        case TokenProvider::envvar:
            return "envvar";
        case TokenProvider::filesystem:
            return "filesystem";
        case TokenProvider::github_actions:
            return "github-actions";
        case TokenProvider::buildkite_agent:
            return "buildkite-agent";
        case TokenProvider::google_workload_identity:
            return "google-workload-identity";
        case TokenProvider::google_impersonate:
            return "google-impersonate";
        case TokenProvider::spiffe:
            return "spiffe";
    }
    return "";
}

TokenProvider parse_token_provider(std::string_view name) {
    std::vector<std::string> names;
    for (const TokenProvider provider : providers) {
        if (name == to_string(provider)) {
            return provider;
        }
        names.emplace_back(to_string(provider));
    }
    throw Error(ErrorKind::usage,
                concat("there is no identity provider ",
                       core::in_quotes(name),
                       "; there are ",
                       core::join(names, ", ")));
}

void require_token_source(const TokenSources& sources, const TokenRequest& request) {
    if (!request.given && !request.provider && !first_provider(sources)) {
        refuse_nothing(sources.variables);
    }
}

IdentityToken obtain_identity_token(const TokenSources& sources, const TokenRequest& request) {
    if (request.given) {
        return IdentityToken::parse(*request.given);
    }
    const auto provider = request.provider ? request.provider : first_provider(sources);
    if (!provider) {
        refuse_nothing(sources.variables);
    }
    return token_from(*provider, sources, request.audience);
}

}  // namespace modelseal::services
