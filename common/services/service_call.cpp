#include "common/services/service_call.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

/// The member `message` of the JSON that services refuse with, else the text itself.
std::string message_of(const std::string& body) {
    try {
        const core::Json json = core::parse_json(body, {.size = answer_limit, .depth = 16});
        if (json.is_object()) {
            return core::optional_string(json, "message").value_or("");
        }
    } catch (const Error&) {  // not JSON
    }
    return std::string(core::trim(body));
}

/// Also a part of a token is worth hiding: two of its three are the rest of it.
bool repeats(std::string_view message, const core::Secret& sent) {
    if (sent.empty()) {
        return false;
    }
    const std::vector<std::string> parts = core::split(sent.reveal(), '.');  // only looked for
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return !part.empty() && message.find(part) != std::string_view::npos;
    });
}

std::string shown_message(const http::Response& response, const core::Secret& sent) {
    const std::string message = message_of(response.body);
    if (message.empty()) {
        return {};
    }
    return repeats(message, sent) ? ": its message repeats what was sent and is not shown"
                                  : concat(": ", core::in_quotes(message));
}

ErrorKind kind_of(int status) {
    if (status == 408 || status == 429 || status >= 500) {
        return ErrorKind::unavailable;
    }
    return status == 404 ? ErrorKind::not_found : ErrorKind::denied;
}

}  // namespace

http::Url endpoint(const http::Url& base, std::string_view path) {
    std::string text = base.to_string();
    if (text.find('?') != std::string::npos) {
        throw Error(ErrorKind::usage,
                    concat("the URL of a service, ", base.redacted(), ", cannot have a query"));
    }
    while (text.ends_with('/')) {
        text.pop_back();
    }
    return http::Url::parse(concat(text, path));
}

http::Response call_service(http::Transport& transport,
                            http::Request request,
                            std::string_view service,
                            const core::Secret& sent) {
    request.body_limit = answer_limit;
    http::Response response =
        core::with_context(concat("asking ", service, " at ", request.url.redacted()),
                           [&] { return transport.send(request); });
    core::wipe(request.text);
    if (!response.ok()) {
        refuse_answer(request.url, response, service, sent);
    }
    return response;
}

void refuse_answer(const http::Url& url,
                   const http::Response& response,
                   std::string_view service,
                   const core::Secret& sent) {
    const std::string who = concat(service, " at ", url.redacted());
    if (response.status >= 300 && response.status < 400) {
        throw Error(ErrorKind::denied,
                    Reason::service_error,
                    concat(who, " redirects elsewhere, where it is not followed"));
    }
    throw Error(kind_of(response.status),
                Reason::service_error,
                concat(who, " answered ", response.status, shown_message(response, sent)));
}

void check_secret_is_safe(const http::Url& url, std::string_view service) {
    if (url.scheme() != "https" && !url.is_loopback()) {
        throw Error(ErrorKind::usage,
                    concat(service,
                           " at ",
                           url.redacted(),
                           " has no TLS: an identity token is not sent there, because whoever "
                           "reads it can sign"));
    }
}

}  // namespace modelseal::services
