#include "common/registry/auth/token_service.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/registry/auth/named_server.hpp"

#include <algorithm>
#include <map>

namespace modelseal::registry {

namespace {

constexpr std::size_t scope_limit = 16;
constexpr std::string_view client_name = "modelseal";

std::string parameter(const http::Challenge& challenge, std::string_view name) {
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? std::string() : found->second;
}

http::Request get_request(const TokenService& service,
                          const Scopes& scopes,
                          const std::optional<Credential>& credential) {
    http::Request request{.url = service.realm};
    if (!service.name.empty()) {
        request.url = request.url.with_parameter("service", service.name);
    }
    for (const std::string& scope : scopes) {
        request.url = request.url.with_parameter("scope", scope);
    }
    if (credential) {
        request.headers.set("Authorization", basic_authorization(*credential).reveal());
    }
    return request;
}

http::Request post_request(const TokenService& service,
                           const Scopes& scopes,
                           const core::Secret& identity_token) {
    http::Request request{.method = http::Method::post, .url = service.realm};
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    std::string listed;
    for (const std::string& scope : scopes) {
        listed += core::concat(listed.empty() ? "" : " ", scope);
    }
    std::string token = http::percent_encode(identity_token.reveal());  // it is sent in the body
    request.text = core::concat("grant_type=refresh_token&client_id=",
                                client_name,
                                "&service=",
                                http::percent_encode(service.name),
                                "&scope=",
                                http::percent_encode(listed),
                                "&refresh_token=",
                                token);
    core::wipe(token);
    return request;
}

/// The body is not quoted: a service may repeat there what it was sent.
core::Error refusal(const TokenService& service, int status, bool has_credential) {
    using core::ErrorKind;
    const std::string who = core::concat("the token service ", service.realm.origin());
    const auto error = [&](ErrorKind kind, std::string_view what) {
        return core::Error(kind, core::Reason::registry_error, core::concat(who, what));
    };
    if (status >= 300 && status < 400) {
        return error(ErrorKind::denied, " redirects elsewhere; credentials are not sent on");
    }
    if (status == 408 || status == 429 || status >= 500) {
        return error(ErrorKind::unavailable, core::concat(" answered ", status));
    }
    return error(ErrorKind::denied,
                 core::concat(has_credential ? " refused the credentials (it answered "
                                             : " gives no token to nobody (it answered ",
                              status,
                              "): log in with 'oras login' or 'docker login', or give --username "
                              "and --password-stdin"));
}

}  // namespace

TokenService TokenService::from(const http::Challenge& challenge,
                                const http::Url& registry,
                                http::Reach own) {
    return core::with_context(
        core::concat("reading where ", registry.origin(), " wants a token from"), [&] {
            TokenService service{.realm = http::Url::parse(parameter(challenge, "realm")),
                                 .name = parameter(challenge, "service")};
            check_tls(service.realm, registry, "its token service");
            service.reach = reach_of(service.realm, registry, own);
            return service;
        });
}

Scopes scopes_of(const http::Challenge& challenge) {
    Scopes scopes;
    for (std::string& scope : core::split(parameter(challenge, "scope"), ' ')) {
        if (!scope.empty()) {
            scopes.insert(std::move(scope));
        }
    }
    if (scopes.size() > scope_limit) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::limit_exceeded,
                          core::concat("the registry asks for a token with ",
                                       scopes.size(),
                                       " scopes; ",
                                       scope_limit,
                                       " are the most"));
    }
    return scopes;
}

Scopes merge(const Scopes& left, const Scopes& right) {
    std::map<std::string, std::set<std::string>> actions;  // by "repository:NAME"
    for (const Scopes* scopes : {&left, &right}) {
        for (const std::string& scope : *scopes) {
            const std::size_t colon = std::min(scope.rfind(':'), scope.size());
            std::set<std::string>& of_resource = actions[scope.substr(0, colon)];
            for (std::string& action : core::split(std::string_view(scope).substr(colon), ',')) {
                of_resource.insert(action.starts_with(':') ? action.substr(1) : std::move(action));
            }
        }
    }
    Scopes merged;
    for (const auto& [resource, of_resource] : actions) {
        merged.insert(
            core::concat(resource, ':', core::join({of_resource.begin(), of_resource.end()}, ",")));
    }
    return merged;
}

BearerToken fetch_token(http::Transport& transport,
                        const TokenService& service,
                        const Scopes& scopes,
                        const std::optional<Credential>& credential) {
    const bool by_identity = credential && !credential->identity_token.empty();
    http::Request request = by_identity ? post_request(service, scopes, credential->identity_token)
                                        : get_request(service, scopes, credential);
    request.reach = service.reach;
    request.body_limit = token_response_limit;
    http::Response response =
        core::with_context("asking for a token", [&] { return transport.send(request); });
    core::wipe(request.text);
    if (!response.ok()) {
        throw refusal(service, response.status, credential.has_value());
    }
    BearerToken token = parse_token_response(response.body);
    core::wipe(response.body);
    return token;
}

core::Secret basic_authorization(const Credential& credential) {
    std::string pair = core::concat(credential.username, ':', credential.password.reveal());
    std::string encoded = core::to_base64(core::as_bytes(pair));
    core::wipe(pair);
    std::string value = core::concat("Basic ", encoded);
    core::wipe(encoded);
    core::Secret header(value);
    core::wipe(value);
    return header;
}

}  // namespace modelseal::registry
