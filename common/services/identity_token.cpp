#include "common/services/identity_token.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr std::size_t audience_limit = 32;
constexpr double last_second = 253'402'300'799;  // of the year 9999

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, concat("the identity token ", why));
}

core::Json read_part(std::string_view part, std::string_view name) {
    const auto bytes = core::from_base64url(part);
    if (!bytes) {
        refuse(concat("is not a JWT: its ", name, " is not base64url without padding"));
    }
    return core::with_context(concat("reading the identity token's ", name), [&] {
        return core::parse_json(core::as_text(*bytes), {.size = identity_token_limit, .depth = 16});
    });
}

std::string require_claim(const core::Json& claims, std::string_view name) {
    std::string text = core::require_string(claims, name);
    if (text.empty()) {
        throw Error(ErrorKind::malformed, concat("the claim \"", name, "\" is empty"));
    }
    return text;
}

/// One text or several. Spec: RFC 7519 section 4.1.3.
std::vector<std::string> read_audiences(const core::Json& claims) {
    const core::Json& audience = core::require(claims, "aud");
    if (audience.is_string()) {
        return {audience.get<std::string>()};
    }
    const bool texts = audience.is_array() && !audience.empty() &&
                       audience.size() <= audience_limit &&
                       std::all_of(audience.begin(), audience.end(), [](const core::Json& one) {
                           return one.is_string();
                       });
    if (!texts) {
        throw Error(ErrorKind::malformed, "the claim \"aud\" is neither a text nor a few of them");
    }
    return audience.get<std::vector<std::string>>();
}

/// Seconds, also with a fraction. Spec: RFC 7519 section 2, NumericDate.
core::Timestamp read_expiry(const core::Json& claims) {
    const core::Json& expiry = core::require(claims, "exp");
    const double seconds = expiry.is_number() ? expiry.get<double>() : -1;
    if (!(seconds >= 0 && seconds <= last_second)) {
        throw Error(ErrorKind::malformed, "the claim \"exp\" is not a time");
    }
    return core::Timestamp::from_unix(static_cast<std::int64_t>(std::floor(seconds)));
}

/// Some issuers write the truth value as text.
bool read_verified(const core::Json& claims) {
    const core::Json* verified = core::find(claims, "email_verified");
    if (verified == nullptr) {
        return false;
    }
    if (verified->is_boolean()) {
        return verified->get<bool>();
    }
    if (*verified == "true" || *verified == "false") {
        return *verified == "true";
    }
    throw Error(ErrorKind::malformed, "the claim \"email_verified\" is not a truth value");
}

/// GitHub's event_name; GitLab's pipeline_source.
std::string read_trigger(const core::Json& claims) {
    for (const std::string_view name : {"event_name", "pipeline_source"}) {
        if (auto trigger = core::optional_string(claims, name)) {
            return std::move(*trigger);
        }
    }
    return {};
}

TokenClaims read_claims(const core::Json& claims) {
    return core::with_context("reading the identity token's claims", [&] {
        return TokenClaims{.issuer = require_claim(claims, "iss"),
                           .subject = require_claim(claims, "sub"),
                           .email = core::optional_string(claims, "email").value_or(""),
                           .email_verified = read_verified(claims),
                           .audiences = read_audiences(claims),
                           .expires = read_expiry(claims),
                           .trigger = read_trigger(claims)};
    });
}

/// "none" is what a token without a signature calls its algorithm.
void check_header(const core::Json& header) {
    const auto algorithm = core::optional_string(header, "alg");
    if (!algorithm || algorithm->empty() || core::ascii_lower(*algorithm) == "none") {
        refuse("is not signed");
    }
}

}  // namespace

IdentityToken IdentityToken::parse(const core::Secret& secret) {
    const std::string_view text = core::trim(secret.reveal());  // to be taken apart
    if (text.empty()) {
        refuse("is empty");
    }
    if (text.size() > identity_token_limit) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    concat("the identity token has ",
                           text.size(),
                           " bytes; at most ",
                           identity_token_limit,
                           " are read"));
    }
    const std::size_t header_end = text.find('.');
    const std::size_t claims_end = text.find('.', header_end + 1);
    if (header_end == std::string_view::npos || claims_end == std::string_view::npos ||
        text.find('.', claims_end + 1) != std::string_view::npos) {
        refuse(
            "is not a JWT, which has three parts with dots between them: give the token itself, or "
            "a file that holds nothing else");
    }
    check_header(read_part(text.substr(0, header_end), "header"));
    TokenClaims claims =
        read_claims(read_part(text.substr(header_end + 1, claims_end - header_end - 1), "claims"));
    const auto signature = core::from_base64url(text.substr(claims_end + 1));
    if (!signature || signature->empty()) {
        refuse("is not a JWT: its signature is not base64url without padding");
    }
    return {core::Secret(text), std::move(claims)};
}

void IdentityToken::check_usable(core::Timestamp now, std::string_view audience) const {
    if (now >= claims_.expires) {
        throw Error(ErrorKind::denied,
                    Reason::expired,
                    concat("the identity token expired at ",
                           claims_.expires.to_string(),
                           " (it is ",
                           now.to_string(),
                           "): get a new one just before signing"));
    }
    const auto& audiences = claims_.audiences;
    if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end()) {
        throw Error(ErrorKind::denied,
                    concat("the identity token is for ",
                           core::in_quotes(core::join(audiences, ", ")),
                           ", not for ",
                           core::in_quotes(audience),
                           ": ask its issuer ",
                           core::in_quotes(claims_.issuer),
                           " for a token with that audience"));
    }
    if (!claims_.email.empty() && !claims_.email_verified) {
        throw Error(ErrorKind::denied,
                    concat("the issuer ",
                           core::in_quotes(claims_.issuer),
                           " did not verify the e-mail address ",
                           core::in_quotes(claims_.email),
                           " of the identity token: Fulcio gives no certificate for it"));
    }
}

}  // namespace modelseal::services
