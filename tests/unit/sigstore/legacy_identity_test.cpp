// Signatures as cosign 2 keeps them, by identities: certificate, promise of the log and timestamp
// stand in annotations. In each only one thing is wrong.
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/sigstore/attestation.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/verify.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/demand.hpp"
#include "tests/support/pki/world.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Reason;
using pki::noon;
using pki::workflow;
using pki::World;

const digest::Digest artifact = digest::Digest::parse_lenient(std::string(64, 'a'));
const digest::Digest another = digest::Digest::parse_lenient(std::string(64, 'b'));

std::string payload(const digest::Digest& of = artifact) {
    return SimpleSigning{.docker_reference = "r/m", .manifest_digest = of, .annotations = {}}
        .to_bytes();
}

std::string log_entry_json(const LogEntry& entry) {
    return core::Json{{"SignedEntryTimestamp", core::to_base64(entry.signed_timestamp.value())},
                      {"Payload",
                       {{"body", core::to_base64(entry.body)},
                        {"integratedTime", entry.integrated_time},
                        {"logIndex", entry.log_index},
                        {"logID", core::to_hex(entry.log_id)}}}}
        .dump();
}

/// What cosign 2 writes of a bundle.
LegacyMaterial legacy_of(const Bundle& bundle) {
    const auto& chain = std::get<CertificateMaterial>(bundle.material).chain;
    LegacyMaterial legacy{.certificate = crypto::to_pem("CERTIFICATE", chain.front())};
    if (!bundle.log_entries.empty()) {
        legacy.log_entry = log_entry_json(bundle.log_entries.front());
    }
    if (!bundle.timestamps.empty()) {
        legacy.timestamp = concat(
            R"({"SignedRFC3161Timestamp":")", core::to_base64(bundle.timestamps.front()), R"("})");
    }
    return legacy;
}

Evidence signature(World& world,
                   const pki::SigningOptions& options = {},
                   const std::string& text = payload()) {
    const Bundle bundle = world.sign_message(text, options);
    Evidence evidence{.format = SignatureFormat::legacy,
                      .origin = "test",
                      .content = text,
                      .legacy = legacy_of(bundle)};
    evidence.legacy.signature =
        core::to_base64(std::get<MessageSignature>(bundle.content).signature);
    return evidence;
}

Requirements by(std::string_view subject = workflow, std::string_view issuer = pki::github) {
    Requirements requirements = pki::by(subject, issuer);
    requirements.allow_legacy = true;
    return requirements;
}

Trust trust_in(const World& world, const pki::TrustOptions& trusted = {}) {
    return {.root = world.trusted_root(trusted), .now = noon(pki::year)};
}

Reason refusal(const Evidence& evidence,
               const Trust& trust,
               const Requirements& requirements = by()) {
    const core::Error error = test::error_of(
        [&] { return verify_signature_of(artifact, std::vector{evidence}, requirements, trust); });
    CAPTURE(error.message());
    return error.reason();
}

/// Why a signature is refused of which only `options` make something wrong.
Reason refusal(const pki::SigningOptions& options,
               const pki::TrustOptions& trusted = {},
               const Requirements& requirements = by()) {
    World world;
    const Evidence evidence = signature(world, options);
    return refusal(evidence, trust_in(world, trusted), requirements);
}

/// The same, of which only what `change` does to the annotations is wrong.
template <typename Change>
Reason refusal_of_changed(Change change) {
    World world;
    Evidence evidence = signature(world);
    change(evidence.legacy);
    return refusal(evidence, trust_in(world));
}

}  // namespace

TEST_SUITE("sigstore/legacy_identity") {
    TEST_CASE("accepts an identity's signature, with its promise and its timestamp") {
        World world;
        const auto verified =
            verify_signature_of(artifact, std::vector{signature(world)}, by(), trust_in(world));
        const Authentication& authentication = verified.facts().authentication;
        CHECK(std::get<SigningCertificate>(authentication.signer).identity.subject == workflow);
        CHECK(authentication.times.size() == 2);
        CHECK(authentication.log_entries.size() == 1);
    }

    TEST_CASE("refuses another artifact, another identity and another issuer") {
        World world;
        CHECK(refusal(signature(world, {}, payload(another)), trust_in(world)) ==
              Reason::digest_mismatch);
        CHECK(refusal({}, {}, by("https://github.com/org/other")) == Reason::wrong_identity);
        CHECK(refusal({}, {}, by(workflow, "https://example.com")) == Reason::wrong_identity);
    }

    TEST_CASE("refuses a signature that does not verify, although it is stamped and logged") {
        CHECK(refusal({.change_message = [](MessageSignature& message) {
                  message.signature.back() ^= std::byte{1};
              }}) == Reason::bad_signature);
    }

    TEST_CASE("refuses a log entry about another payload, signature or certificate") {
        const auto changed = [](const auto& change) {
            return refusal({.change_body = change});
        };
        CHECK(changed([](pki::BodyFields& body) { body.digest.front() ^= std::byte{1}; }) ==
              Reason::log_mismatch);
        CHECK(changed([](pki::BodyFields& body) { body.signature.back() ^= std::byte{1}; }) ==
              Reason::log_mismatch);
        CHECK(changed([](pki::BodyFields& body) {
                  body.signer_pem = pki::Key::generate().public_key().to_pem();
              }) == Reason::log_mismatch);
    }

    TEST_CASE("refuses a promise that is missing, not the log's or of another time") {
        CHECK(refusal({.with_log = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.log = false}) == Reason::untrusted_log);
        const auto changed = [](const auto& change) {
            return refusal({.change_entry = change});
        };
        CHECK(changed([](LogEntry& entry) { entry.signed_timestamp->back() ^= std::byte{1}; }) ==
              Reason::untrusted_log);
        CHECK(changed([](LogEntry& entry) { entry.integrated_time += 1; }) ==
              Reason::untrusted_log);
        CHECK(changed([](LogEntry& entry) { entry.log_index += 1; }) == Reason::untrusted_log);
        CHECK(refusal({.with_timestamp = false, .logged = noon(301)}) ==
              Reason::certificate_expired);
    }

    TEST_CASE("refuses a certificate without SCT, and of an authority that is not trusted") {
        CHECK(refusal({.with_sct = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.authority = false}) == Reason::untrusted_certificate);
        CHECK(refusal({.stamp = {.imprint = core::Bytes(32)}}) == Reason::untrusted_timestamp);
    }

    TEST_CASE("refuses annotations that are not what cosign 2 writes") {
        const auto malformed = [](const auto& change) {
            return refusal_of_changed(change) == Reason::malformed_evidence;
        };
        CHECK(malformed([](LegacyMaterial& legacy) { legacy.certificate += legacy.certificate; }));
        CHECK(malformed([](LegacyMaterial& legacy) { legacy.signature = ""; }));
        CHECK(malformed(
            [](LegacyMaterial& legacy) { legacy.log_entry.replace(0, 1, R"({"x":1,)"); }));
        CHECK(malformed([](LegacyMaterial& legacy) {
            legacy.log_entry = test::replaced(legacy.log_entry, R"({"body")", R"({"x":1,"body")");
        }));
        CHECK(malformed([](LegacyMaterial& legacy) {
            legacy.log_entry = test::replaced(legacy.log_entry, R"("logID":")", R"("logID":"?)");
        }));
        CHECK(malformed(
            [](LegacyMaterial& legacy) { legacy.timestamp.replace(0, 1, R"({"x":1,)"); }));
    }

    TEST_CASE("a signature is none where an attestation is asked for") {
        World world;
        Requirements other = by();
        other.predicate_type = "https://example.com/scan";
        CHECK(refusal(signature(world), trust_in(world), other) == Reason::missing_statement);
    }

    TEST_CASE("the commits of certificate and signature agree where that is asked for") {
        World world;
        const std::string text =
            SimpleSigning{.docker_reference = "r/m",
                          .manifest_digest = artifact,
                          .annotations = {{"training_commit", std::string(40, 'd')}}}
                .to_bytes();
        const Evidence evidence =
            signature(world,
                      {.leaf = {.extensions = {pki::fulcio_extension(13, std::string(40, 'c'))}}},
                      text);
        Requirements agreeing = by();
        CHECK_NOTHROW(static_cast<void>(
            verify_signature_of(artifact, std::vector{evidence}, agreeing, trust_in(world))));
        agreeing.same_commit = true;
        CHECK(refusal(evidence, trust_in(world), agreeing) == Reason::wrong_annotation);
    }

    TEST_CASE("an attestation by an identity, and one of which the certificate is another's") {
        World world;
        const Bundle bundle = world.sign(attestation_statement(artifact, "r/m", "urn:scan", "{}"));
        Evidence evidence{.format = SignatureFormat::legacy,
                          .origin = "test",
                          .content = std::get<Envelope>(bundle.content).to_json().dump(),
                          .legacy = legacy_of(bundle)};
        Requirements scan = by();
        scan.predicate_type = "urn:scan";
        const auto verify = [&] {
            return verify_attestations(artifact, std::vector{evidence}, scan, trust_in(world));
        };
        CHECK(verify().all().size() == 1);
        evidence.legacy.certificate = signature(world).legacy.certificate;
        CHECK(test::error_of(verify).reason() == Reason::log_mismatch);
    }
}

}  // namespace modelseal::sigstore
