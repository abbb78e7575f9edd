#include "common/registry/client/client.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/registry/auth/named_server.hpp"
#include "common/registry/client/answer.hpp"
#include "common/registry/client/redirect.hpp"

namespace modelseal::registry {

namespace {

constexpr int unauthorized = 401;
constexpr int redirect_limit = 10;

/// What object stores answer to a signed URL that has expired.
bool is_refusal(int status) {
    return status == 400 || status == 401 || status == 403;
}

}  // namespace

Client::Client(std::unique_ptr<http::Transport> transport,
               http::Url origin,
               CredentialSource credentials,
               Scopes scopes,
               const core::Clock& clock)
    : transport_(std::move(transport)),
      origin_(std::move(origin)),
      clock_(clock),
      authorizer_(*transport_, origin_, std::move(credentials), std::move(scopes), clock) {}

http::Response Client::send(http::Request request) {
    http::Response response = send_once(request);
    if (!is_redirect(request, response)) {
        return response;
    }
    response = follow(request, std::move(response));
    if (!response.redirected_to.empty() && is_refusal(response.status)) {
        response = send_once(request);
        return is_redirect(request, response) ? follow(request, std::move(response)) : response;
    }
    return response;
}

http::Response Client::send_once(http::Request& request) {
    return request.url.same_origin(origin_) ? send_authorized(request) : transport_->send(request);
}

http::Response Client::follow(http::Request request, http::Response response) {
    bool has_left = false;  // whoever the registry sent us to cannot send us back as ourselves
    for (int hops = 0; is_redirect(request, response); ++hops) {
        if (hops == redirect_limit) {
            throw core::Error(
                core::ErrorKind::unavailable,
                core::Reason::registry_error,
                core::concat(origin_.origin(), " redirects more than ", redirect_limit, " times"));
        }
        request = redirected(request, response, origin_, own_reach_);
        has_left = has_left || !request.url.same_origin(origin_);
        response = has_left ? transport_->send(request) : send_authorized(request);
        response.redirected_to = has_left ? request.url.origin() : std::string();
    }
    return response;
}

http::Response Client::send_authorized(http::Request& request) {
    const Authorization used = authorizer_.current();
    http::Response response = send_as(request, used);
    if (response.status != unauthorized) {
        return response;
    }
    const Authorization renewed = authorizer_.renew(response, used, own_reach_);
    response = send_as(request, renewed);
    if (response.status == unauthorized) {
        // The waits of a transport that tries again can be longer than a token lives.
        const Authorization latest = authorizer_.current();
        response = latest.serial == renewed.serial ? response : send_as(request, latest);
    }
    if (response.status == unauthorized) {
        core::Error error = answer_error(request, response);
        error.add_context(authorizer_.refused().message());
        throw error;
    }
    return response;
}

http::Response Client::send_as(http::Request& request, const Authorization& who) {
    if (!who.header.empty()) {
        request.headers.set("Authorization", who.header.reveal());  // to the registry itself
    }
    request.reach = own_reach_;
    http::Response response = transport_->send(request);
    std::call_once(has_answered_, [&] { own_reach_ = own_reach(origin_, response.address); });
    return response;
}

}  // namespace modelseal::registry
