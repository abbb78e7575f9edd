#include "common/sigstore/attestation.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/sign.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/trust.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using core::Reason;

const digest::Digest artifact = digest::Digest::parse(
    "sha256:ddba2492f18d3fbbaae9bd68c4ef92167355fbd4a7312102b7ce3493d4452f98");
const digest::Digest another = digest::Digest::parse_lenient(std::string(64, '1'));
constexpr std::string_view type = "https://example.com/scan";

crypto::KeySigner signer(std::string_view name = "p256") {
    return crypto::KeySigner(
        crypto::PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem"))));
}

SignedStatement attest(std::string_view of_type = type,
                       const digest::Digest& subject = artifact,
                       std::string_view key = "p256") {
    auto by = signer(key);
    KeyBundleMaker maker(by);
    return attest_artifact(subject, "r/m", {std::string(of_type), R"({"a":1.50})"}, maker);
}

Evidence bundle_of(std::string content) {
    return {.origin = "test", .content = std::move(content)};
}

Evidence legacy_of(std::string content) {
    return {.format = SignatureFormat::legacy, .origin = "test", .content = std::move(content)};
}

VerifiedAttestations verify(const std::vector<Evidence>& evidence,
                            std::string_view key = "p256",
                            const digest::Digest& of = artifact) {
    return verify_attestations(of,
                               evidence,
                               {.signers = {TrustedKey{signer(key).public_key()}},
                                .predicate_type = std::string(type),
                                .allow_legacy = true},
                               test::trust());
}

core::Error refusal(const std::vector<Evidence>& evidence,
                    std::string_view key = "p256",
                    const digest::Digest& of = artifact) {
    return test::error_of([&] { return verify(evidence, key, of); });
}

/// The one candidate's reason when it is looked at beside a good one.
Reason rejection(const Evidence& evidence) {
    const auto verified = verify({evidence, bundle_of(attest().bundle)});
    REQUIRE(verified.rejected().size() == 1);
    CHECK(verified.all().size() == 1);
    return verified.rejected().front().reason;
}

}  // namespace

TEST_SUITE("sigstore/attestation") {
    TEST_CASE("every key type verifies what it attested, as bundle and as legacy envelope") {
        for (const auto* name :
             {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"}) {
            CAPTURE(name);
            const auto made = attest(type, artifact, name);
            const auto verified = verify({bundle_of(made.bundle), legacy_of(made.envelope)}, name);
            REQUIRE(verified.all().size() == 2);
            CHECK(verified.rejected().empty());
            for (const AttestationFacts& facts : verified.all()) {
                CHECK(facts.artifact == artifact);
                CHECK(test::key_of(facts.authentication) == signer(name).public_key());
                CHECK(facts.predicate_type == type);
                CHECK(facts.envelope == made.envelope);
                CHECK(facts.statement.find(R"("predicate":{"a":1.50}})") != std::string::npos);
            }
        }
    }

    TEST_CASE("verifies what cosign attested") {
        const auto verified = verify_attestations(
            artifact,
            std::vector{bundle_of(test::read_data("cosign/attestation.bundle.json"))},
            {.signers = {TrustedKey{
                 crypto::PublicKey::parse_pem(test::read_data("cosign/cosign.pub"))}},
             .predicate_type = std::string(type)},
            test::trust());
        CHECK(verified.all().size() == 1);
    }

    TEST_CASE("every attestation is returned, and what does not count is named") {
        CHECK(verify({bundle_of(attest().bundle), bundle_of(attest().bundle)}).all().size() == 2);
        CHECK(rejection(bundle_of(attest(type, artifact, "p384").bundle)) == Reason::wrong_signer);
        CHECK(rejection(bundle_of(attest("urn:other").bundle)) == Reason::wrong_statement);
        CHECK(rejection(bundle_of(attest(type, another).bundle)) == Reason::digest_mismatch);
        CHECK(rejection(bundle_of("{}")) == Reason::malformed_evidence);
        CHECK(rejection(legacy_of("{}")) == Reason::malformed_evidence);
        CHECK(rejection({.origin = "test", .problem = "too large"}) == Reason::malformed_evidence);
        CHECK(rejection(bundle_of(test::read_data("cosign/p384-blob.bundle.json"))) ==
              Reason::wrong_statement);
    }

    TEST_CASE("refuses a changed statement, a changed signature and another payload type") {
        const Bundle bundle = Bundle::parse(attest().bundle);
        const auto changed = [&](const auto& change) {
            Envelope envelope = std::get<Envelope>(bundle.content);
            change(envelope);
            return rejection(bundle_of(key_bundle(envelope, signer().public_key().fingerprint())));
        };
        CHECK(changed([](Envelope& envelope) {
                  envelope.payload = test::replaced(envelope.payload, "1.50", "1.51");
              }) == Reason::wrong_signer);
        CHECK(changed([](Envelope& envelope) { envelope.signature.back() ^= std::byte{1}; }) ==
              Reason::wrong_signer);
        CHECK(changed([](Envelope& envelope) { envelope.payload_type = "text/plain"; }) ==
              Reason::wrong_statement);
    }

    TEST_CASE("what is signed with a certificate is not taken for signed by a key") {
        CHECK(
            rejection(bundle_of(test::replaced(
                attest().bundle, R"("publicKey":{"hint":")", R"("certificate":{"rawBytes":")"))) ==
            Reason::wrong_signer);
        Evidence legacy = legacy_of(attest().envelope);
        legacy.legacy.certificate = "no certificate";
        CHECK(rejection(legacy) == Reason::malformed_evidence);
    }

    TEST_CASE("tells nothing of this type from something that is not acceptable") {
        CHECK(refusal({}).kind() == ErrorKind::no_signature);
        CHECK(refusal({bundle_of(attest("urn:other").bundle)}).kind() == ErrorKind::no_signature);
        CHECK(refusal({bundle_of(attest("urn:other").bundle)}).message().find("urn:other") !=
              std::string::npos);
        const auto by_another = refusal({bundle_of(attest().bundle)}, "p384");
        CHECK(by_another.kind() == ErrorKind::no_matching_signature);
        CHECK(by_another.reason() == Reason::wrong_signer);
        const auto about_another = refusal({bundle_of(attest().bundle)}, "p256", another);
        CHECK(about_another.kind() == ErrorKind::no_matching_signature);
        CHECK(about_another.reason() == Reason::digest_mismatch);
    }

    TEST_CASE("a legacy envelope counts only where it is allowed") {
        const auto error = test::error_of([] {
            return verify_attestations(artifact,
                                       std::vector{legacy_of(attest().envelope)},
                                       {.signers = {TrustedKey{signer().public_key()}},
                                        .predicate_type = std::string(type)},
                                       test::trust());
        });
        CHECK(error.reason() == Reason::unsupported);
    }

    TEST_CASE("an annotation that is demanded must be signed in the statement's subject") {
        auto by = signer();
        const auto annotated = [&](std::string_view value) {
            Envelope envelope{.payload_type = std::string(in_toto_payload_type),
                              .payload = test::replaced(
                                  attestation_statement(artifact, "r/m", type, "{}"),
                                  R"("name":"r/m")",
                                  core::concat(R"("annotations":{"stage":")", value, R"("})")),
                              .signature = {}};
            envelope.signature = by.sign(core::as_bytes(
                pre_authentication_encoding(envelope.payload_type, envelope.payload)));
            return bundle_of(key_bundle(envelope, by.public_key().fingerprint()));
        };
        const Requirements requirements{.signers = {TrustedKey{by.public_key()}},
                                        .predicate_type = std::string(type),
                                        .annotations = {{"stage", "prod"}}};
        const auto verified = verify_attestations(
            artifact,
            std::vector{annotated("test"), annotated("prod"), bundle_of(attest().bundle)},
            requirements,
            test::trust());
        CHECK(verified.all().size() == 1);
        REQUIRE(verified.rejected().size() == 2);
        CHECK(verified.rejected()[0].reason == Reason::wrong_annotation);
        CHECK(verified.rejected()[1].reason == Reason::wrong_annotation);
        CHECK(verified.explanation().candidates.size() == 3);
        CHECK(verified.explanation().candidates.back().accepted);
    }

    TEST_CASE("says why a candidate could not be read") {
        CHECK(refusal({{.origin = "test", .problem = "too large"}}).message().find("too large") !=
              std::string::npos);
    }

    TEST_CASE("without a key nothing is verified") {
        CHECK(test::error_of([] {
                  return verify_attestations(artifact,
                                             std::vector{bundle_of(attest().bundle)},
                                             {.predicate_type = std::string(type)},
                                             test::trust());
              }).kind() == ErrorKind::usage);
    }
}

}  // namespace modelseal::sigstore
