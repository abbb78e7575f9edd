#include "common/services/identity_token.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/services/ci_trigger.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/replaced.hpp"

#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace modelseal;
using core::concat;
using core::ErrorKind;
using core::Reason;
using services::IdentityToken;
using services::TokenClaims;
using test::error_of;

namespace {

std::string base64url(std::string_view text) {
    std::string encoded = core::to_base64(core::as_bytes(text));
    encoded.erase(encoded.find_last_not_of('=') + 1);
    for (char& c : encoded) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return encoded;
}

constexpr std::string_view signature = "c2lnbmF0dXJl";

std::string token_of(std::string_view claims, std::string_view header = R"({"alg":"ES256"})") {
    return concat(base64url(header), '.', base64url(claims), '.', signature);
}

IdentityToken parse(std::string_view text) {
    return IdentityToken::parse(core::Secret(text));
}

core::Error refusal(std::string_view text) {
    CAPTURE(text);
    core::Error error = error_of([&] { return parse(text); });
    CHECK(error.kind() == ErrorKind::malformed);
    return error;
}

constexpr std::string_view good_claims =
    R"({"iss":"https://issuer.example","sub":"somebody","aud":"sigstore","exp":1795452452})";

std::string github_token() {
    return core::require_string(core::parse_json(test::recorded("oidc-1.response").body), "value");
}

core::Timestamp at(std::int64_t seconds) {
    return core::Timestamp::from_unix(seconds);
}

}  // namespace

TEST_SUITE("services/identity_token") {
    TEST_CASE("reads the token of a CI job") {
        const IdentityToken token = parse(github_token());
        const TokenClaims& claims = token.claims();
        CHECK(claims.issuer == "http://127.0.0.1:8800");
        CHECK(claims.subject == "repo:org/repo:ref:refs/heads/main");
        CHECK(claims.email.empty());
        CHECK(claims.audiences == std::vector<std::string>{"sigstore"});
        CHECK(claims.expires == at(1795452452));
        CHECK(claims.trigger == "push");
        CHECK(claims.proof_subject() == claims.subject);
        CHECK(token.text().reveal() == github_token());
    }

    TEST_CASE("drops the newline at the end of a file") {
        CHECK(parse(concat(github_token(), "\r\n")).text().reveal() == github_token());
    }

    TEST_CASE("proves possession over the e-mail address where there is one") {
        const auto with = [](std::string_view more) {
            return parse(token_of(test::replaced(std::string(good_claims), "{", more))).claims();
        };
        CHECK(with(R"({"email":"a@example.com","email_verified":true,)").proof_subject() ==
              "a@example.com");
        CHECK(with(R"({"email":"","email_verified":true,)").proof_subject() == "somebody");
        CHECK(with(R"({"email":"a@b.c","email_verified":"true",)").email_verified);
        CHECK_FALSE(with(R"({"email":"a@b.c","email_verified":"false",)").email_verified);
        CHECK_FALSE(with(R"({"email":"a@b.c",)").email_verified);
    }

    TEST_CASE("reads several audiences, and times with a fraction") {
        const auto claims =
            parse(token_of(R"({"iss":"i","sub":"s","aud":["a","sigstore"],"exp":1.9})")).claims();
        CHECK(claims.audiences == std::vector<std::string>{"a", "sigstore"});
        CHECK(claims.expires == at(1));
    }

    TEST_CASE("refuses what is no signed JWT") {
        for (const std::string& text :
             {std::string(),
              std::string(" \n"),
              std::string("token"),
              std::string("./token.txt"),
              std::string(".."),
              concat(github_token(), ".more"),
              concat(github_token(), "="),
              concat(github_token(), " ", github_token()),
              concat(base64url("[]"), ".e30.AA"),
              concat("e30.", base64url(good_claims), ".AA"),
              token_of(good_claims, R"({"alg":"none"})"),
              token_of(good_claims, R"({"alg":""})"),
              token_of(good_claims, R"({"alg":7})"),
              token_of(good_claims, R"({"alg":"a","alg":"b"})"),
              concat(base64url(R"({"alg":"ES256"})"), '.', base64url(good_claims), '.'),
              token_of(good_claims).append("\x01")}) {
            static_cast<void>(refusal(text));
        }
        CHECK(refusal(std::string(40'000, 'x')).reason() == Reason::limit_exceeded);
    }

    TEST_CASE("refuses each claim that is missing, doubled or of another type") {
        for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
                 {R"("iss":"https://issuer.example",)", ""},
                 {R"("iss":"https://issuer.example")", R"("iss":"")"},
                 {R"("iss":"https://issuer.example")", R"("iss":1)"},
                 {R"("iss")", R"("iss":"x","iss")"},
                 {R"("sub":"somebody",)", ""},
                 {R"("sub":"somebody")", R"("sub":"")"},
                 {R"("sub":"somebody")", R"("sub":null)"},
                 {R"("aud":"sigstore",)", ""},
                 {R"("aud":"sigstore")", R"("aud":[])"},
                 {R"("aud":"sigstore")", R"("aud":[1])"},
                 {R"("aud":"sigstore")", R"("aud":{})"},
                 {R"(,"exp":1795452452)", ""},
                 {R"("exp":1795452452)", R"("exp":"1795452452")"},
                 {R"("exp":1795452452)", R"("exp":-1)"},
                 {R"("exp":1795452452)", R"("exp":1e300)"},
                 {R"({)", R"({"email":7,)"},
                 {R"({)", R"({"email_verified":1,)"},
                 {R"({)", R"({"event_name":[],)"}}) {
            static_cast<void>(
                refusal(token_of(test::replaced(std::string(good_claims), from, to))));
        }
    }

    TEST_CASE("refuses a token that is cut at any byte, but within its signature") {
        const std::string text = token_of(good_claims);
        for (std::size_t size = 0; size + signature.size() <= text.size(); ++size) {
            static_cast<void>(refusal(text.substr(0, size)));
        }
    }

    TEST_CASE("says when a token is expired, for somebody else, or of an unverified address") {
        const IdentityToken token = parse(github_token());
        CHECK_NOTHROW(token.check_usable(at(1795452451)));
        const auto expired = error_of([&] {
            token.check_usable(at(1795452452));
            return 0;
        });
        CHECK(expired.kind() == ErrorKind::denied);
        CHECK(expired.reason() == Reason::expired);
        CHECK(expired.message().find("expired at 2026-11-23T16:47:32Z") != std::string::npos);
        const auto audience = error_of([&] {
            token.check_usable(at(0), "other");
            return 0;
        });
        CHECK(audience.kind() == ErrorKind::denied);
        CHECK(audience.message().find(R"(is for "sigstore", not for "other")") !=
              std::string::npos);
        const IdentityToken unverified = parse(token_of(
            test::replaced(std::string(good_claims), "{", R"({"email":"a@example.com",)")));
        const auto address = error_of([&] {
            unverified.check_usable(at(0));
            return 0;
        });
        CHECK(address.kind() == ErrorKind::denied);
        CHECK(address.message().find("did not verify the e-mail address \"a@example.com\"") !=
              std::string::npos);
    }

    TEST_CASE("no error shows the token") {
        const std::vector<std::string> parts = core::split(github_token(), '.');
        for (const std::string& text : {concat(github_token(), ".x"),
                                        concat(parts[0], '.', parts[1], ".*"),
                                        concat(parts[0], '.', parts[2], '.', parts[2]),
                                        concat(parts[1], parts[2])}) {
            const std::string message = refusal(text).message();
            for (const std::string& part : parts) {
                CHECK(message.find(part.substr(0, 20)) == std::string::npos);
            }
        }
    }
}

TEST_SUITE("services/ci_trigger") {
    TEST_CASE("a pull request is seen in the token's claims and in the variables") {
        const auto trigger = [](std::string_view claim,
                                std::map<std::string, std::string, std::less<>> variables) {
            return services::pull_request_trigger(core::Variables(std::move(variables)),
                                                  TokenClaims{.issuer = "i",
                                                              .subject = "s",
                                                              .audiences = {},
                                                              .expires = at(0),
                                                              .trigger = std::string(claim)});
        };
        CHECK(trigger("pull_request", {}) == "pull_request");
        CHECK(trigger("pull_request_target", {{"GITHUB_EVENT_NAME", "push"}}) ==
              "pull_request_target");
        CHECK(trigger("push", {{"GITHUB_EVENT_NAME", "pull_request_target"}}) ==
              "pull_request_target");
        CHECK(trigger("merge_request_event", {}) == "merge_request_event");
        CHECK(trigger("", {{"CI_PIPELINE_SOURCE", "external_pull_request_event"}}) ==
              "external_pull_request_event");
        CHECK_FALSE(trigger("push", {{"GITHUB_EVENT_NAME", "workflow_dispatch"}}));
        CHECK_FALSE(trigger("", {}));
    }

    TEST_CASE("GitLab's trigger is read from its claim") {
        const auto claims =
            parse(token_of(test::replaced(
                      std::string(good_claims), "{", R"({"pipeline_source":"web",)")))
                .claims();
        CHECK(claims.trigger == "web");
    }

    TEST_CASE("says what it is that is no JWT") {
        const auto why = [](const std::string& text) {
            return error_of([&] { return parse(text); }).message();
        };
        CHECK(why("a.b").find("three parts") != std::string::npos);
        CHECK(why(concat(github_token(), ".more")).find("three parts") != std::string::npos);
        CHECK(why("?.b.c").find("its header is not base64url") != std::string::npos);
        const std::string header = github_token().substr(0, github_token().find('.'));
        CHECK(why(concat(header, ".?.c")).find("its claims is not base64url") != std::string::npos);
    }
}
