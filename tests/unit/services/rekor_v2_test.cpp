#include "common/services/rekor_v2.hpp"

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

constexpr std::string_view path = "/api/v2/log/entries";

sigstore::LogEntry log(const test::SigningService& service, const services::LogProposal& proposal) {
    test::PatientTransport transport;
    return services::log_to_rekor_v2(transport, service.url(), proposal);
}

test::SigningService answering(std::vector<Reply> replies) {
    return test::SigningService({{std::string(path), std::move(replies)}});
}

void check_refused(const std::string& answer) {
    CAPTURE(answer);
    CHECK(error_of([&] { return services::parse_rekor_v2_answer(answer); }).kind() ==
          ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("services/rekor_v2") {
    TEST_CASE("logs a signature over bytes as cosign does, byte for byte") {
        const test::SigningService service = answering({reply_of(recorded("rekor-v2-1.response"))});
        const auto entry = log(service, recorded_proposal("blob"));
        const auto expected =
            sigstore::Bundle::parse(test::read_data("keyless/blob.sigstore.json")).log_entries;
        CHECK(entry.to_json() == expected.front().to_json());
        REQUIRE(service.requests().size() == 1);
        CHECK(service.requests().front().method == "POST");
        CHECK(service.requests().front().body == recorded("rekor-v2-1.request").body);
    }

    TEST_CASE("logs an envelope by the digest of what was signed") {
        const services::LogProposal proposal = recorded_proposal("oci-bundle");
        const core::Json request = core::parse_json(services::rekor_v2_request(proposal));
        const core::Json& inner = request["hashedRekordRequestV002"];
        CHECK(inner["digest"] == core::to_base64(proposal.digest));
        CHECK(inner["signature"]["verifier"]["x509Certificate"]["rawBytes"] ==
              core::to_base64(*proposal.certificate));
        // That cosign logged the same is in the entry of its bundle.
        const auto bundle =
            sigstore::Bundle::parse(test::read_data("keyless/oci-bundle.sigstore.json"));
        const test::SigningService service =
            answering({Reply::of(201, bundle.log_entries.front().to_json().dump())});
        CHECK(log(service, proposal).log_index == bundle.log_entries.front().log_index);
    }

    TEST_CASE("logs a key in the place of a certificate, with its details") {
        services::LogProposal proposal = recorded_proposal("blob");
        proposal.certificate.reset();
        proposal.key = crypto::PublicKey::parse_pem(test::read_data("cosign/keys/rsa3072.pub"));
        const core::Json request = core::parse_json(services::rekor_v2_request(proposal));
        CHECK(request["hashedRekordRequestV002"]["signature"]["verifier"].dump() ==
              core::concat(R"({"publicKey":{"rawBytes":")",
                           core::to_base64(proposal.key.spki_der()),
                           R"("},"keyDetails":"PKIX_RSA_PKCS1V15_3072_SHA256"})"));
    }

    TEST_CASE("sends no Ed25519 signature") {
        const test::SigningService service = answering({Reply::of(201, "{}")});
        services::LogProposal proposal = recorded_proposal("blob");
        proposal.key = crypto::PublicKey::parse_pem(test::read_data("cosign/keys/ed25519.pub"));
        CHECK(error_of([&] { return log(service, proposal); }).reason() ==
              core::Reason::unsupported);
        CHECK(service.requests().empty());
    }

    TEST_CASE("refuses an entry about another signature, digest or certificate") {
        services::LogProposal signature = recorded_proposal("blob");
        signature.signature.back() ^= std::byte{1};
        services::LogProposal digest = recorded_proposal("blob");
        digest.digest.back() ^= std::byte{1};
        services::LogProposal certificate = recorded_proposal("blob");
        certificate.certificate->back() ^= std::byte{1};
        services::LogProposal key = recorded_proposal("blob");
        key.certificate.reset();
        for (const auto& proposal : {signature, digest, certificate, key}) {
            const test::SigningService service =
                answering({reply_of(recorded("rekor-v2-1.response"))});
            const auto error = error_of([&] { return log(service, proposal); });
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("entry 2 is about something else") != std::string::npos);
        }
    }

    TEST_CASE("says what the log says") {
        const test::SigningService service =
            answering({reply_of(recorded("rekor-v2-error-empty.response"))});
        const auto error = error_of([&] { return log(service, recorded_proposal("blob")); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message() ==
              core::concat("Rekor at ",
                           service.url(path).to_string(),
                           " answered 400: \"invalid type, must be hashedrekord\""));
    }

    TEST_CASE("refuses each field that is missing or of another form") {
        const std::string good = recorded("rekor-v2-1.response").body;
        CHECK_NOTHROW(static_cast<void>(services::parse_rekor_v2_answer(good)));
        for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
                 {R"({"logIndex":"2")", R"({"x":"2")"},
                 {R"({"logIndex":"2")", R"({"logIndex":"-2")"},
                 {R"("logId":{)", R"("logId":{"x":1,)"},
                 {R"("keyId":")", R"("keyId":"*)"},
                 {R"("kind":"hashedrekord")", R"("kind":"dsse")"},
                 {R"("version":"0.0.2")", R"("version":"0.0.1")"},
                 {R"("inclusionPromise":null)", R"("inclusionPromise":{})"},
                 {R"("inclusionProof":{)", R"("inclusionProof":null,"x":{)"},
                 {R"("rootHash":"2)", R"("rootHash":")"},
                 {R"("hashes":[)", R"("hashes":[7,)"},
                 {R"("envelope":")", R"("envelope":"","x":")"},
                 {R"("canonicalizedBody":")", R"("canonicalizedBody":"=)"}}) {
            check_refused(test::replaced(good, from, to));
        }
        check_refused(test::replaced(
            good,
            good.substr(good.find("\"inclusionProof\""),
                        good.find(", \"canonicalizedBody\"") - good.find("\"inclusionProof\"")),
            "\"inclusionProof\":null"));
        check_refused("[]");
    }

    TEST_CASE("refuses an answer that is cut at any byte") {
        const std::string good(core::trim(recorded("rekor-v2-1.response").body));
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK_THROWS_AS(
                static_cast<void>(services::parse_rekor_v2_answer(good.substr(0, size))),
                core::Error);
        }
    }
}
