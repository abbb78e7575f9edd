#include "common/registry/auth/token_response.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace modelseal::registry {

namespace {

constexpr std::chrono::seconds longest_lifetime = std::chrono::hours(24 * 365);

/// "The client MUST NOT use a token of a type that it does not understand." Spec: RFC 6749, 7.1.
void check_type(const core::Json& json) {
    const auto type = core::optional_string(json, "token_type");
    if (type && core::ascii_lower(*type) != "bearer") {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat("the token is of the type ", core::in_quotes(*type), ", not bearer"));
    }
}

core::Secret token_of(const core::Json& json) {
    for (const std::string_view member : {"token", "access_token"}) {
        std::string text = core::optional_string(json, member).value_or("");
        if (text.empty()) {
            continue;
        }
        const bool fits =
            std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
        core::Secret token(text);
        core::wipe(text);
        if (!fits) {
            throw core::Error(core::ErrorKind::malformed,
                              "the token has a character that cannot stand in a header");
        }
        return token;
    }
    throw core::Error(core::ErrorKind::malformed,
                      "it has neither a \"token\" nor an \"access_token\"");
}

std::chrono::seconds lifetime_of(const core::Json& json) {
    const bool is_stated = core::find(json, "expires_in") != nullptr;
    const std::uint64_t stated = is_stated ? core::require_unsigned(json, "expires_in") : 0;
    if (stated == 0) {
        return BearerToken().lifetime;  // what Go writes for a number that nobody set
    }
    const auto longest = static_cast<std::uint64_t>(longest_lifetime.count());
    return std::chrono::seconds(std::min(stated, longest));
}

}  // namespace

BearerToken parse_token_response(std::string_view text) {
    return core::with_context("reading the answer of the token service", [&] {
        const core::Json json = core::parse_json(text, {.size = token_response_limit, .depth = 16});
        if (!json.is_object()) {
            throw core::Error(core::ErrorKind::malformed, "it is not a JSON object");
        }
        check_type(json);
        return BearerToken{.value = token_of(json), .lifetime = lifetime_of(json)};
    });
}

}  // namespace modelseal::registry
