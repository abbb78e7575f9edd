#include "common/registry/client/redirect.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/registry/auth/named_server.hpp"

#include <algorithm>
#include <array>

namespace modelseal::registry {

namespace {

constexpr std::array redirects{301, 302, 303, 307, 308};
constexpr std::array<std::string_view, 3> of_downloads{"accept", "range", "if-range"};

http::Headers without_credentials(const http::Headers& headers, bool all_others) {
    http::Headers kept;
    for (const auto& [name, value] : headers.fields()) {
        const std::string lower = core::ascii_lower(name);
        const bool of_download =
            std::find(of_downloads.begin(), of_downloads.end(), lower) != of_downloads.end();
        if (of_download || (all_others && lower != "authorization")) {
            kept.add(name, value);
        }
    }
    return kept;
}

}  // namespace

bool is_redirect(const http::Request& request, const http::Response& response) {
    const bool reads = request.method == http::Method::get || request.method == http::Method::head;
    return reads && response.headers.get("Location") &&
           std::find(redirects.begin(), redirects.end(), response.status) != redirects.end();
}

http::Request redirected(const http::Request& request,
                         const http::Response& response,
                         const http::Url& registry,
                         http::Reach own) {
    const std::string location = response.headers.get("Location").value_or("");
    return core::with_context(
        core::concat("following the redirect of ", request.url.origin()), [&] {
            http::Request next = request;
            next.url = request.url.resolve(location);
            check_tls(next.url, request.url, "the place of its content");
            next.reach = reach_of(next.url, registry, own);
            next.headers = without_credentials(request.headers, next.url.same_origin(registry));
            return next;
        });
}

}  // namespace modelseal::registry
