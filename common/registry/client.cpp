#include "common/registry/client.hpp"

#include "common/registry/answer.hpp"

namespace modelseal::registry {

namespace {

constexpr int unauthorized = 401;

}  // namespace

Client::Client(std::unique_ptr<http::Transport> transport,
               http::Url origin,
               CredentialSource credentials,
               Scopes scopes,
               const core::Clock& clock)
    : transport_(std::move(transport)),
      origin_(std::move(origin)),
      authorizer_(*transport_, origin_, std::move(credentials), std::move(scopes), clock) {}

http::Response Client::send(http::Request request) {
    return request.url.same_origin(origin_) ? send_authorized(request) : transport_->send(request);
}

http::Response Client::send_authorized(http::Request& request) {
    const Authorization used = authorizer_.current();
    http::Response response = send_as(request, used);
    if (response.status != unauthorized) {
        return response;
    }
    response = send_as(request, authorizer_.renew(response, used));
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
    return transport_->send(request);
}

}  // namespace modelseal::registry
