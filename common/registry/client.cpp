#include "common/registry/client.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/http/challenge.hpp"
#include "common/registry/answer.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

constexpr int unauthorized = 401;

std::vector<http::Challenge> challenges_of(const http::Response& response) {
    std::vector<http::Challenge> all;
    for (const std::string& field : response.headers.get_all("WWW-Authenticate")) {
        for (http::Challenge& challenge : http::parse_challenges(field)) {
            all.push_back(std::move(challenge));
        }
    }
    return all;
}

bool asks_for(const std::vector<http::Challenge>& challenges, std::string_view scheme) {
    return std::any_of(challenges.begin(), challenges.end(), [&](const http::Challenge& challenge) {
        return challenge.scheme == scheme;
    });
}

core::Secret basic(const Credential& credential) {
    std::string pair = core::concat(credential.username, ':', credential.password.reveal());
    std::string encoded = core::to_base64(core::as_bytes(pair));
    core::wipe(pair);
    std::string value = core::concat("Basic ", encoded);
    core::wipe(encoded);
    core::Secret header(value);
    core::wipe(value);
    return header;
}

}  // namespace

Client::Client(std::unique_ptr<http::Transport> transport,
               http::Url origin,
               CredentialSource credentials)
    : transport_(std::move(transport)),
      origin_(std::move(origin)),
      credentials_(std::move(credentials)) {}

http::Response Client::send(http::Request request) {
    const bool own_origin = request.url.same_origin(origin_);
    const core::Secret first_try = own_origin ? authorization() : core::Secret();
    if (!first_try.empty()) {
        request.headers.set("Authorization", first_try.reveal());  // to the registry itself
    }
    http::Response response = transport_->send(request);
    if (response.status != unauthorized || !own_origin) {
        return response;
    }
    if (first_try.empty()) {
        authenticate(response);
        request.headers.set("Authorization", authorization().reveal());
        response = transport_->send(request);
    }
    if (response.status == unauthorized) {
        core::Error error = answer_error(request, response);
        error.add_context(core::concat(origin_.origin(), " refused the user name or password"));
        throw error;
    }
    return response;
}

core::Secret Client::authorization() const {
    const std::lock_guard lock(mutex_);
    return authorization_;
}

void Client::authenticate(const http::Response& refusal) {
    const std::lock_guard lock(mutex_);
    if (!authorization_.empty()) {
        return;  // another thread was asked at the same time
    }
    const auto challenges = challenges_of(refusal);
    if (!asks_for(challenges, "basic")) {
        throw core::Error(
            core::ErrorKind::denied,
            core::Reason::unsupported,
            core::concat(origin_.origin(),
                         asks_for(challenges, "bearer")
                             ? " wants a bearer token; only registries with basic authentication "
                               "are supported"
                             : " wants credentials but does not ask for basic authentication"));
    }
    const auto credential = credentials_();
    if (!credential) {
        throw unknown_user();
    }
    if (credential->password.empty()) {
        throw core::Error(
            core::ErrorKind::denied,
            core::Reason::unsupported,
            core::concat("the credentials for ",
                         origin_.origin(),
                         " are a token, but the registry asks for a user name and password"));
    }
    authorization_ = basic(*credential);
}

core::Error Client::unknown_user() const {
    return {core::ErrorKind::denied,
            core::Reason::registry_error,
            core::concat(origin_.origin(),
                         " asks for a user name and password: log in with 'oras login' or 'docker "
                         "login', or give --username and --password-stdin")};
}

}  // namespace modelseal::registry
