#include "common/services/rekor_v1.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/recorded_proposal.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/signing_service.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace modelseal;
using core::ErrorKind;
using test::error_of;
using test::recorded;
using test::recorded_proposal;
using test::Reply;

namespace {

constexpr std::string_view path = "/api/v1/log/entries";
constexpr std::string_view message_bundle = "blob.rekor-v1";
constexpr std::string_view envelope_bundle = "oci-bundle.rekor-v1";

sigstore::LogEntry log(const test::SigningService& service, const services::LogProposal& proposal) {
    test::PatientTransport transport;
    return services::log_to_rekor_v1(transport, service.url(), proposal);
}

test::SigningService answering(std::vector<Reply> replies) {
    return test::SigningService({{std::string(path), std::move(replies)}});
}

/// The JSON without the order of its members, in which clients differ.
nlohmann::json unordered(const std::string& text) {
    return nlohmann::json::parse(text);
}

std::string entry_in(std::string_view bundle) {
    return sigstore::Bundle::parse(
               test::read_data(core::concat("keyless/", bundle, ".sigstore.json")))
        .log_entries.front()
        .to_json()
        .dump();
}

std::string good_answer() {
    return recorded("rekor-v1-2.response").body;
}

void check_refused(const std::string& answer) {
    CAPTURE(answer);
    CHECK(error_of([&] { return services::parse_rekor_v1_answer(answer); }).kind() ==
          ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("services/rekor_v1") {
    TEST_CASE("logs a signature over bytes as cosign does") {
        const test::SigningService service = answering({reply_of(recorded("rekor-v1-1.response"))});
        const auto entry = log(service, recorded_proposal(message_bundle));
        CHECK(entry.to_json().dump() == entry_in(message_bundle));
        REQUIRE(service.requests().size() == 1);
        const auto sent = service.requests().front();
        CHECK(sent.method == "POST");
        CHECK(sent.header("content-type") == "application/json");
        CHECK(unordered(sent.body) == unordered(recorded("rekor-v1-1.request").body));
    }

    TEST_CASE("logs an envelope as cosign does") {
        const test::SigningService service = answering({reply_of(recorded("rekor-v1-2.response"))});
        const auto entry = log(service, recorded_proposal(envelope_bundle));
        CHECK(entry.to_json().dump() == entry_in(envelope_bundle));
        CHECK(entry.kind == "dsse");
        auto expected = unordered(recorded("rekor-v1-2.request").body);
        expected["spec"].erase("signatures");  // null
        CHECK(unordered(service.requests().front().body) == expected);
    }

    TEST_CASE("logs a key in the place of a certificate") {
        services::LogProposal proposal = recorded_proposal(message_bundle);
        proposal.certificate.reset();
        const auto request = unordered(services::rekor_v1_request(proposal));
        CHECK(request["spec"]["signature"]["publicKey"]["content"] ==
              core::to_base64(core::as_bytes(proposal.key.to_pem())));
    }

    TEST_CASE("names the key's own hash") {
        services::LogProposal proposal = recorded_proposal(message_bundle);
        proposal.key = crypto::PublicKey::parse_pem(test::read_data("cosign/keys/p384.pub"));
        CHECK(unordered(services::rekor_v1_request(
                  proposal))["spec"]["data"]["hash"]["algorithm"] == "sha384");
    }

    TEST_CASE("sends no Ed25519 signature that a log would have to check from a digest") {
        const test::SigningService service = answering({Reply::of(201, "{}")});
        services::LogProposal proposal = recorded_proposal(message_bundle);
        proposal.key = crypto::PublicKey::parse_pem(test::read_data("cosign/keys/ed25519.pub"));
        const auto error = error_of([&] { return log(service, proposal); });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(service.requests().empty());
    }

    TEST_CASE("fetches the entry that the log has already") {
        const std::string location = recorded("rekor-v1-1.response").header("Location");
        const Reply conflict = Reply::of(409,
                                         R"({"code":409,"message":"an equivalent entry exists"})",
                                         core::concat("Location: ", location, "\r\n"));
        const test::SigningService service(
            {{std::string(path), {Reply::of(502, ""), conflict}},
             {location, {Reply::of(200, test::read_data("keyless/rekor-v1-entry.json"))}}});
        const auto entry = log(service, recorded_proposal(message_bundle));
        CHECK(entry.log_index == 0);
        CHECK(entry.proof->tree_size == 2);
        REQUIRE(service.requests().size() == 3);
        CHECK(service.requests().back().method == "GET");
    }

    TEST_CASE("does not follow a conflict to another server, or nowhere") {
        const test::SigningService elsewhere = answering(
            {Reply::of(409, "", "Location: http://elsewhere.example/api/v1/log/entries/1\r\n")});
        const auto error =
            error_of([&] { return log(elsewhere, recorded_proposal(message_bundle)); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("http://elsewhere.example") != std::string::npos);
        const test::SigningService nowhere = answering({Reply::of(409, R"({"message":"there"})")});
        CHECK(error_of([&] { return log(nowhere, recorded_proposal(message_bundle)); })
                  .message()
                  .find("answered 409: \"there\"") != std::string::npos);
    }

    TEST_CASE("refuses an entry about another signature, digest, payload or certificate") {
        const auto refused = [](std::string_view answer, const services::LogProposal& proposal) {
            const test::SigningService service = answering({reply_of(recorded(answer))});
            const auto error = error_of([&] { return log(service, proposal); });
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("is about something else") != std::string::npos);
        };
        for (const auto bundle : {message_bundle, envelope_bundle}) {
            const bool is_message = bundle == message_bundle;
            const auto* answer = is_message ? "rekor-v1-1.response" : "rekor-v1-2.response";
            refused(is_message ? "rekor-v1-2.response" : "rekor-v1-1.response",
                    recorded_proposal(bundle));
            services::LogProposal signature = recorded_proposal(bundle);
            signature.signature.back() ^= std::byte{1};
            refused(answer, signature);
            services::LogProposal certificate = recorded_proposal(bundle);
            certificate.certificate.reset();
            refused(answer, certificate);
        }
        services::LogProposal digest = recorded_proposal(message_bundle);
        digest.digest.back() ^= std::byte{1};
        refused("rekor-v1-1.response", digest);
        services::LogProposal payload = recorded_proposal(envelope_bundle);
        payload.envelope->payload += ' ';
        refused("rekor-v1-2.response", payload);
    }

    TEST_CASE("says what the log says") {
        const test::SigningService service =
            answering({Reply::of(400, R"({"code":400,"message":"error processing entry"})")});
        const auto error =
            error_of([&] { return log(service, recorded_proposal(message_bundle)); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message() == core::concat("Rekor at ",
                                              service.url(path).to_string(),
                                              " answered 400: \"error processing entry\""));
        const test::SigningService busy = answering({Reply::of(503, "")});
        CHECK(error_of([&] { return log(busy, recorded_proposal(message_bundle)); }).kind() ==
              ErrorKind::unavailable);
        const test::SigningService cut =
            answering({{.raw = "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"}});
        CHECK(error_of([&] { return log(cut, recorded_proposal(message_bundle)); }).kind() ==
              ErrorKind::unavailable);
    }

    TEST_CASE("refuses each field that is missing or of another form") {
        const std::string good = good_answer();
        CHECK_NOTHROW(static_cast<void>(services::parse_rekor_v1_answer(good)));
        for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
                 {R"({"758c)", R"({"x":{},"758c)"},
                 {R"({"758c)", R"({"758)"},
                 {R"({"758c)", R"({"758C)"},
                 {R"({"758c)", R"({"00758c)"},
                 {R"("body":")", R"("x":")"},
                 {R"("body":")", R"("body":"*)"},
                 {R"("body":")", R"("body":"","x":")"},
                 {R"("body":")", R"("body":"e30=","x":")"},
                 {R"("body":")", R"("body":"W10=","x":")"},
                 {R"("integratedTime":)", R"("x":)"},
                 {R"("integratedTime":)", R"("integratedTime":-)"},
                 {R"("integratedTime":)", R"("integratedTime":99999999999)"},
                 {R"("logID":")", R"("x":")"},
                 {R"("logID":"8)", R"("logID":"A)"},
                 {R"("logID":"87)", R"("logID":")"},
                 {R"("logIndex":1,"verification")", R"("verification")"},
                 {R"("logIndex":1,"verification")", R"("logIndex":-1,"verification")"},
                 {R"("logIndex":1,"verification")", R"("logIndex":"1","verification")"},
                 {R"("logIndex":1,"verification")",
                  R"("logIndex":18446744073709551615,"verification")"},
                 {R"("verification")", R"("x")"},
                 {R"("inclusionProof")", R"("x")"},
                 {R"("checkpoint":)", R"("x":)"},
                 {R"("checkpoint":")", R"("checkpoint":"","x":")"},
                 {R"("hashes":[)", R"("hashes":null,"x":[)"},
                 {R"("hashes":[")", R"("hashes":[7,")"},
                 {R"("hashes":["5)", R"("hashes":["G)"},
                 {R"("rootHash":"a1)", R"("rootHash":")"},
                 {R"("treeSize":2)", R"("treeSize":2.5)"},
                 {R"("signedEntryTimestamp":")", R"("x":")"},
                 {R"("signedEntryTimestamp":")", R"("signedEntryTimestamp":"","x":")"}}) {
            CAPTURE(to);
            check_refused(test::replaced(good, from, to));
        }
        std::string many = R"("hashes":[)";
        for (int i = 0; i < 64; ++i) {
            many += core::concat('"', std::string(64, '0'), "\",");
        }
        check_refused(test::replaced(good, R"("hashes":[)", many));
        check_refused("[]");
        check_refused("{}");
    }

    TEST_CASE("refuses an answer that is cut at any byte") {
        const std::string good(core::trim(good_answer()));
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK_THROWS_AS(
                static_cast<void>(services::parse_rekor_v1_answer(good.substr(0, size))),
                core::Error);
        }
    }

    TEST_CASE("refuses a proof with more hashes than any tree is deep") {
        auto answer = unordered(good_answer());
        auto& hashes = answer.front()["verification"]["inclusionProof"]["hashes"];
        hashes = std::vector<std::string>(64, std::string(64, 'a'));
        CHECK(services::parse_rekor_v1_answer(answer.dump()).proof->hashes.size() == 64);
        hashes.push_back(std::string(64, 'a'));
        check_refused(answer.dump());
    }

    TEST_CASE("refuses an entry of a kind that Rekor v1 does not have") {
        auto answer = unordered(good_answer());
        for (const auto* body : {R"({"apiVersion":"0.0.2","kind":"hashedrekord","spec":{}})",
                                 R"({"apiVersion":"0.0.9","kind":"dsse","spec":{}})",
                                 R"({"apiVersion":"0.0.1","kind":"rpm","spec":{}})"}) {
            answer.front()["body"] = core::to_base64(core::as_bytes(body));
            check_refused(answer.dump());
        }
    }
}
