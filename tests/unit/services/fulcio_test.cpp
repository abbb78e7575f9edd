#include "common/services/fulcio.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/signing_service.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace modelseal;
using core::ErrorKind;
using core::Reason;
using test::error_of;
using test::recorded;
using test::Reply;

namespace {

constexpr std::string_view path = "/api/v2/signingCert";

/// The recorded request with its key and token.
struct Request {
    test::RecordedMessage message = recorded("fulcio-1.request");
    core::Json json = core::parse_json(message.body);
    services::IdentityToken token = services::IdentityToken::parse(
        core::Secret(message.header("Authorization").substr(std::string_view("Bearer ").size())));
    test::RecordedSigner key{
        crypto::PublicKey::parse_pem(
            json["publicKeyRequest"]["publicKey"]["content"].get<std::string>()),
        *core::from_base64(json["publicKeyRequest"]["proofOfPossession"].get<std::string>())};

    std::vector<core::Bytes> send(const test::SigningService& service) {
        test::PatientTransport transport;
        return services::request_certificate(transport, {.url = service.url()}, token, key);
    }
};

test::SigningService answering(std::vector<Reply> replies) {
    return test::SigningService({{std::string(path), std::move(replies)}});
}

std::string good_answer() {
    return recorded("fulcio-1.response").body;
}

void check_refused(const std::string& answer) {
    CAPTURE(answer);
    CHECK(error_of([&] { return services::parse_fulcio_answer(answer); }).kind() ==
          ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("services/fulcio") {
    TEST_CASE("asks as cosign asks, and returns the chain of the answer") {
        const test::SigningService service = answering({reply_of(recorded("fulcio-1.response"))});
        Request request;
        const auto chain = request.send(service);
        CHECK(chain.size() == 3);
        REQUIRE(service.requests().size() == 1);
        const auto sent = service.requests().front();
        CHECK(sent.method == "POST");
        CHECK(sent.body == request.message.body);
        CHECK(sent.header("authorization") == request.message.header("Authorization"));
        CHECK(sent.header("content-type") == "application/json");
        CHECK(request.key.signed_message() == "repo:org/repo:ref:refs/heads/main");
    }

    TEST_CASE("reads a certificate whose SCT is detached, too") {
        CHECK(services::parse_fulcio_answer(
                  test::replaced(good_answer(), "EmbeddedSct", "DetachedSct"))
                  .size() == 3);
    }

    TEST_CASE("refuses a certificate for another key") {
        const test::SigningService service = answering({reply_of(recorded("fulcio-2.response"))});
        const auto error = error_of([&] { return Request().send(service); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("for another key") != std::string::npos);
        CHECK(error.message().find("127.0.0.1") != std::string::npos);
    }

    TEST_CASE("says what Fulcio says, and where") {
        const test::SigningService service =
            answering({reply_of(recorded("fulcio-error-badtoken.response"))});
        const auto error = error_of([&] { return Request().send(service); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.reason() == Reason::service_error);
        CHECK(error.message() ==
              core::concat("Fulcio at ",
                           service.url(path).to_string(),
                           " answered 400: \"There was an error processing the identity token\""));
        CHECK(service.requests().size() == 1);
    }

    TEST_CASE("shows no token that a service repeats") {
        Request request;
        const std::string part = core::split(request.token.text().reveal(), '.').at(2);
        for (const std::string& message : {std::string(request.token.text().reveal()), part}) {
            const test::SigningService service = answering(
                {Reply::of(401, core::concat(R"({"message":"bad token )", message, "\"}"))});
            const auto error = error_of([&] { return request.send(service); });
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find(part.substr(0, 30)) == std::string::npos);
            CHECK(error.message().find("is not shown") != std::string::npos);
        }
    }

    TEST_CASE("asks once more after 429 and 5xx, and no more") {
        for (const int status : {429, 500, 503}) {
            const test::SigningService service =
                answering({Reply::of(status, "busy"), reply_of(recorded("fulcio-1.response"))});
            CHECK(Request().send(service).size() == 3);
            const test::SigningService busy = answering({Reply::of(status, "busy")});
            const auto error = error_of([&] { return Request().send(busy); });
            CHECK(error.kind() == ErrorKind::unavailable);
            CHECK(error.message().ends_with("\"busy\""));
            CHECK(busy.requests().size() == 2);
        }
    }

    TEST_CASE("follows no redirect with a token, and sends none without TLS to another machine") {
        const test::SigningService service =
            answering({Reply::of(307, "", "Location: http://elsewhere.example/\r\n")});
        const auto error = error_of([&] { return Request().send(service); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("redirects") != std::string::npos);
        Request request;
        test::PatientTransport transport;
        const auto plain = error_of([&] {
            return services::request_certificate(transport,
                                                 {.url = http::Url::parse("http://fulcio.invalid")},
                                                 request.token,
                                                 request.key);
        });
        CHECK(plain.kind() == ErrorKind::usage);
        CHECK(plain.message().find("has no TLS") != std::string::npos);
        CHECK(request.key.signed_message().empty());
    }

    TEST_CASE("says that an address is wrong") {
        const test::SigningService service(std::map<std::string, std::vector<Reply>>{});
        CHECK(error_of([&] { return Request().send(service); }).kind() == ErrorKind::not_found);
    }

    TEST_CASE("refuses each answer that is not a chain of PEM certificates") {
        const std::string good = good_answer();
        for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
                 {"signedCertificateEmbeddedSct", "somethingElse"},
                 {R"({"signedCertificateEmbeddedSct")",
                  R"({"signedCertificateDetachedSct":{},"signedCertificateEmbeddedSct")"},
                 {R"("chain")", R"("x")"},
                 {R"("chain":{)", R"("chain":[{)"},
                 {R"("certificates":[)", R"("certificates":[7,)"},
                 {R"("certificates":[)", R"("certificates":["",)"},
                 {R"("certificates":[)", R"("certificates":null,"x":[)"},
                 {R"("-----BEGIN CERT)", R"("text -----BEGIN CERT)"},
                 {R"(-----END CERTIFICATE-----")", R"(-----END CERTIFICATE-----more")"},
                 {R"(BEGIN CERTIFICATE)", R"(BEGIN PUBLIC KEY)"},
                 {R"(\nMII)", R"(\n*II)"}}) {
            check_refused(test::replaced(good, from, to));
        }
        check_refused("[]");
        check_refused(R"({"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}})");
        core::Json many = core::parse_json(good);
        core::Json& certificates = many["signedCertificateEmbeddedSct"]["chain"]["certificates"];
        const core::Json one = certificates.front();
        while (certificates.size() < 11) {
            certificates.push_back(one);
        }
        check_refused(many.dump());
        check_refused(std::string(300'000, ' '));
    }

    TEST_CASE("refuses an answer that is cut at any byte") {
        const std::string good = good_answer();
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK_THROWS_AS(static_cast<void>(services::parse_fulcio_answer(good.substr(0, size))),
                            core::Error);
        }
    }

    TEST_CASE("refuses a certificate that is none") {
        const test::SigningService service = answering({Reply::of(
            200,
            R"({"signedCertificateEmbeddedSct":{"chain":{"certificates":["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]}}})")});
        CHECK(error_of([&] { return Request().send(service); }).kind() == ErrorKind::malformed);
    }
}
