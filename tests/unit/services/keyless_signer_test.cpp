#include "common/services/keyless_signer.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/services/bundle_maker.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/recorded_proposal.hpp"
#include "tests/support/signing_service.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using core::ErrorKind;
using services::LogVersion;
using test::error_of;
using test::recorded;
using test::recorded_proposal;
using test::Reply;

namespace {

constexpr std::string_view fulcio_path = "/api/v2/signingCert";
constexpr std::string_view tsa_path = "/api/v1/timestamp";
constexpr std::string_view v1_path = "/api/v1/log/entries";
constexpr std::string_view v2_path = "/api/v2/log/entries";
constexpr std::int64_t recorded_at = 1'795'451'852;  // 2026-11-23T16:37:32Z

using Replies = std::map<std::string, std::vector<Reply>>;

/// The services of the recording that made blob.sigstore.json.
Replies recorded_replies() {
    return {{std::string(fulcio_path), {reply_of(recorded("fulcio-1.response"))}},
            {std::string(tsa_path), {reply_of(recorded("tsa-1.response"))}},
            {std::string(v2_path), {reply_of(recorded("rekor-v2-1.response"))}}};
}

services::SigningServices all_of(const test::SigningService& service) {
    return {.certificate_authority = services::CertificateAuthority{.url = service.url()},
            .timestamp_authorities = {service.url(tsa_path)},
            .logs = {{.url = service.url(), .version = LogVersion::rekor_v2}}};
}

services::IdentityToken recorded_token() {
    return services::IdentityToken::parse(core::Secret(
        recorded("fulcio-1.request").header("Authorization").substr(7)));  // behind "Bearer "
}

std::unique_ptr<crypto::Signer> recorded_key() {
    return std::make_unique<test::RecordedSigner>(recorded_proposal("blob").key,
                                                  core::to_bytes("a proof"));
}

/// The signature of blob.sigstore.json, whoever signs.
sigstore::Payload recorded_message() {
    return sigstore::MessagePayload{[](crypto::Signer&) {
        const services::LogProposal proposal = recorded_proposal("blob");
        return crypto::SignedContent{{crypto::HashAlgorithm::sha256, proposal.digest},
                                     proposal.signature};
    }};
}

std::vector<std::string> asked(const test::SigningService& service) {
    std::vector<std::string> paths;
    for (const auto& request : service.requests()) {
        paths.push_back(request.target);
    }
    return paths;
}

struct Run {
    explicit Run(Replies replies) : service(std::move(replies)) {
        clock.advance(std::chrono::seconds(recorded_at - clock.now().unix_seconds()));
    }

    services::KeylessSigner signer() {
        return {transport, all_of(service), recorded_token, clock, "sigstore", recorded_key()};
    }

    core::Error refusal(const services::SigningServices& chosen) {
        return error_of(
            [&] { return services::KeylessSigner(transport, chosen, recorded_token, clock); });
    }

    test::SigningService service;
    test::PatientTransport transport{};
    test::SetClock clock{};
};

}  // namespace

TEST_SUITE("services/keyless_signer") {
    TEST_CASE("makes the bundle that cosign makes from the same answers, byte for byte") {
        Run run(recorded_replies());
        const auto bundle = run.signer().make(recorded_message());
        CHECK(sigstore::write_bundle(bundle) == test::read_data("keyless/blob.sigstore.json"));
        CHECK(asked(run.service) == std::vector<std::string>{std::string(fulcio_path),
                                                             std::string(tsa_path),
                                                             std::string(v2_path)});
    }

    TEST_CASE("a certificate serves several signatures, and is renewed before it ends") {
        Run run(recorded_replies());
        services::KeylessSigner signer = run.signer();
        static_cast<void>(signer.make(recorded_message()));
        run.clock.advance(std::chrono::seconds(540));
        static_cast<void>(signer.make(recorded_message()));
        CHECK(run.service.requests().size() == 5);
        run.clock.advance(std::chrono::seconds(1));
        static_cast<void>(signer.make(recorded_message()));
        CHECK(run.service.requests().size() == 8);
        run.clock.advance(std::chrono::seconds(60));
        const auto error = error_of([&] { return signer.make(recorded_message()); });
        CHECK(error.reason() == core::Reason::expired);
        CHECK(run.service.requests().size() == 8);
    }

    TEST_CASE("asks nobody with a token that is expired or for somebody else") {
        Run run(recorded_replies());
        services::KeylessSigner other(
            run.transport, all_of(run.service), recorded_token, run.clock, "other");
        CHECK(error_of([&] { return other.make(recorded_message()); }).kind() == ErrorKind::denied);
        run.clock.advance(std::chrono::hours(1));
        services::KeylessSigner late = run.signer();
        CHECK(error_of([&] { return late.make(recorded_message()); }).reason() ==
              core::Reason::expired);
        CHECK(run.service.requests().empty());
    }

    TEST_CASE("needs no token, and asks nobody, for what is refused while it is read") {
        Run run(recorded_replies());
        int tokens = 0;
        const auto source = [&] {
            ++tokens;
            return recorded_token();
        };
        services::KeylessSigner signer(
            run.transport, all_of(run.service), source, run.clock, "sigstore", recorded_key());
        const sigstore::MessagePayload unsafe{[](crypto::Signer&) -> crypto::SignedContent {
            throw core::Error(ErrorKind::mismatch, core::Reason::unsafe_content, "unsafe");
        }};
        CHECK(error_of([&] { return signer.make(unsafe); }).reason() ==
              core::Reason::unsafe_content);
        CHECK(tokens == 0);
        CHECK(run.service.requests().empty());
        static_cast<void>(signer.make(recorded_message()));
        static_cast<void>(signer.make(recorded_message()));
        CHECK(tokens == 1);
    }

    TEST_CASE("refuses services whose signature nobody could verify later") {
        Run run({});
        services::SigningServices none = all_of(run.service);
        none.certificate_authority.reset();
        CHECK(run.refusal(none).message().find("no certificate authority") != std::string::npos);
        services::SigningServices unlogged = all_of(run.service);
        unlogged.logs.clear();
        CHECK(run.refusal(unlogged).message().find("no transparency log") != std::string::npos);
        services::SigningServices untimed = all_of(run.service);
        untimed.timestamp_authorities.clear();
        CHECK(run.refusal(untimed).kind() == ErrorKind::usage);
        CHECK(run.refusal(untimed).message().find("Rekor v2 states no time") != std::string::npos);
        untimed.logs.front().version = LogVersion::rekor_v1;
        CHECK_NOTHROW(services::KeylessSigner(run.transport, untimed, recorded_token, run.clock));
    }

    TEST_CASE("no time stamp: nothing is logged") {
        Replies replies = recorded_replies();
        replies[std::string(tsa_path)] = {Reply::of(500, "down")};
        Run run(std::move(replies));
        services::KeylessSigner signer = run.signer();
        const auto error = error_of([&] { return signer.make(recorded_message()); });
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(asked(run.service).back() == tsa_path);
    }

    TEST_CASE("a failure after the first log says what is logged, and where") {
        Run run(recorded_replies());
        services::SigningServices chosen = all_of(run.service);
        chosen.logs.push_back({.url = run.service.url("/other?token=x")});
        chosen.logs.back().url = run.service.url("/other");
        services::KeylessSigner signer(
            run.transport, chosen, recorded_token, run.clock, "sigstore", recorded_key());
        const auto error = error_of([&] { return signer.make(recorded_message()); });
        CHECK(error.kind() == ErrorKind::not_found);
        CHECK(error.message().starts_with(core::concat("the signature is logged (",
                                                       run.service.url().to_string(),
                                                       " has it as entry 2) but no bundle")));
    }

    TEST_CASE("an ephemeral key is another one each time, and P-256") {
        const auto first = services::ephemeral_key();
        CHECK(first->public_key().algorithm() == crypto::KeyAlgorithm::ecdsa_p256);
        CHECK_FALSE(first->public_key() == services::ephemeral_key()->public_key());
    }
}

TEST_SUITE("services/bundle_maker") {
    TEST_CASE("makes the bundle of an envelope in Rekor v1 as cosign does, byte for byte") {
        const test::SigningService service(
            {{std::string(v1_path), {reply_of(recorded("rekor-v1-2.response"))}}});
        const services::LogProposal made = recorded_proposal("oci-bundle.rekor-v1");
        test::RecordedSigner key(made.key, made.signature);
        test::PatientTransport transport;
        const auto bundle = services::complete_bundle(
            transport,
            {.logs = {{.url = service.url()}}},
            sigstore::sign_payload(sigstore::EnvelopePayload{.type = made.envelope->payload_type,
                                                             .content = made.envelope->payload},
                                   key),
            key.public_key(),
            made.certificate);
        CHECK(sigstore::write_bundle(bundle) ==
              test::read_data("keyless/oci-bundle.rekor-v1.sigstore.json"));
        CHECK(key.signed_message() == sigstore::pre_authentication_encoding(
                                          made.envelope->payload_type, made.envelope->payload));
    }

    TEST_CASE("signs with a key alone, and then asks nobody") {
        crypto::KeySigner key(crypto::PrivateKey::generate());
        test::PatientTransport transport;
        const auto bundle =
            services::LoggedKeyBundleMaker(transport, {}, key)
                .make(sigstore::EnvelopePayload{.type = "text/plain", .content = "hello"});
        const auto& envelope = std::get<sigstore::Envelope>(bundle.content);
        CHECK(sigstore::write_bundle(bundle) ==
              sigstore::key_bundle(envelope, key.public_key().fingerprint()));
        CHECK_NOTHROW(static_cast<void>(crypto::verify_signature(
            key.public_key(),
            crypto::HashChoice::native,
            core::as_bytes(sigstore::pre_authentication_encoding("text/plain", "hello")),
            envelope.signature)));
    }

    TEST_CASE("an Ed25519 key signs what a log can check, and nothing is signed where it cannot") {
        test::RecordedSigner key(
            crypto::PublicKey::parse_pem(test::read_data("cosign/keys/ed25519.pub")),
            core::to_bytes("signature"));
        const test::SigningService service(
            {{std::string(v1_path), {Reply::of(500, "the log was asked")}}});
        test::PatientTransport transport;
        const sigstore::EnvelopePayload envelope{.type = "text/plain", .content = "hello"};
        const auto refused = [&](LogVersion version, const sigstore::Payload& payload) {
            return error_of([&] {
                services::LoggedKeyBundleMaker maker(
                    transport, {.logs = {{.url = service.url(), .version = version}}}, key);
                return maker.make(payload);
            });
        };
        CHECK(refused(LogVersion::rekor_v2, envelope).reason() == core::Reason::unsupported);
        CHECK(refused(LogVersion::rekor_v1, recorded_message()).reason() ==
              core::Reason::unsupported);
        CHECK(key.signed_message().empty());
        CHECK(refused(LogVersion::rekor_v1, envelope).kind() == ErrorKind::unavailable);
    }
}
