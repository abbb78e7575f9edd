#include "common/registry/client/answer.hpp"

#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::registry {

namespace {

constexpr std::size_t errors_shown = 3;
constexpr std::size_t characters_shown = 160;

struct RegistryError {
    std::string code;
    std::string message;
};

/// The registry's own list of errors; empty when the body is something else, as a proxy's page is.
std::vector<RegistryError> listed_errors(const std::string& body) {
    std::vector<RegistryError> errors;
    try {
        const core::Json json = core::parse_json(body);
        for (const core::Json& error : core::require_array(json, "errors")) {
            errors.push_back({core::require_string(error, "code"),
                              core::optional_string(error, "message").value_or("")});
        }
    } catch (const core::Error&) {
        errors.clear();
    }
    return errors;
}

core::ErrorKind kind_of(int status) {
    if (status == 401 || status == 403) {
        return core::ErrorKind::denied;
    }
    if (status == 404) {
        return core::ErrorKind::not_found;
    }
    if (status == 408 || status == 429 || status >= 500) {
        return core::ErrorKind::unavailable;
    }
    return core::ErrorKind::io;
}

}  // namespace

core::Error answer_error(const http::Request& request, const http::Response& response) {
    std::string message = core::concat(
        response.redirected_to.empty()
            ? "the registry"
            : core::concat(response.redirected_to, ", to which the registry redirects,"),
        " answered ",
        response.status,
        " to ",
        http::to_string(request.method),
        ' ',
        request.url.redacted());
    if (response.status >= 300 && response.status < 400) {
        return {
            core::ErrorKind::io,
            core::Reason::unsupported,
            core::concat(message, ": only redirects of GET and HEAD to an address are followed")};
    }
    if (const auto wait = response.headers.get("Retry-After")) {
        message += core::concat(" and asks to try again after ", core::in_quotes(*wait, 40));
    }
    const auto errors = listed_errors(response.body);
    for (std::size_t i = 0; i < errors.size() && i < errors_shown; ++i) {
        message += core::concat(i == 0 ? ": " : ", ",
                                core::in_quotes(errors[i].code, characters_shown),
                                ' ',
                                core::in_quotes(errors[i].message, characters_shown));
        if (errors[i].code == "DIGEST_INVALID" || errors[i].code == "SIZE_INVALID") {
            return {core::ErrorKind::mismatch, core::Reason::digest_mismatch, message};
        }
        if (errors[i].code == "MANIFEST_BLOB_UNKNOWN") {
            return {kind_of(response.status), core::Reason::missing_blob, message};
        }
    }
    return {kind_of(response.status), core::Reason::registry_error, message};
}

}  // namespace modelseal::registry
