// One test case for each rule of verify_log_entry(), on entries in which only that rule is broken:
// everything else is made and signed anew.
#include "common/core/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/sigstore/log/verify_log_entry.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/key.hpp"
#include "tests/support/pki/log.hpp"
#include "tests/support/pki/log_bodies.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const core::Timestamp now = core::Timestamp::parse("2026-11-26T12:00:00Z");

crypto::PublicKey key_of(std::string_view name) {
    return crypto::PublicKey::parse_pem(
        test::read_data(core::concat("cosign/keys/", name, ".pub")));
}

core::Bytes sha256(std::string_view text) {
    return crypto::hash_of(crypto::HashAlgorithm::sha256, core::as_bytes(text));
}

SignedContent signed_message() {
    return {.signer = key_of("p256"),
            .content = MessageSignature{.digest_algorithm = "SHA2_256",
                                        .digest = sha256("model"),
                                        .signature = core::to_bytes("signature")}};
}

SignedContent signed_envelope() {
    return {.signer = key_of("p256"),
            .content = Envelope{.payload_type = "application/vnd.in-toto+json",
                                .payload = "{}",
                                .signature = core::to_bytes("signature")}};
}

/// What a body about signed_message() is made of.
pki::BodyFields message_fields() {
    return {.signature = core::to_bytes("signature"),
            .signer_pem = key_of("p256").to_pem(),
            .signer_der = key_of("p256").spki_der(),
            .digest = sha256("model")};
}

/// The same about the payload of signed_envelope().
pki::BodyFields envelope_fields() {
    pki::BodyFields fields = message_fields();
    fields.digest = sha256("{}");
    return fields;
}

/// The same for Rekor v2.
pki::BodyFields message_fields_v2() {
    pki::BodyFields fields = message_fields();
    fields.algorithm = "SHA2_256";
    return fields;
}

/// A log with entries of others on both sides of ours.
struct Scene {
    explicit Scene(pki::Rekor version)
        : log({.version = version,
               .key = version == pki::Rekor::v1
                          ? crypto::PrivateKey::generate()
                          : pki::Key::generate(pki::KeyType::ed25519).private_key(),
               .first_index = version == pki::Rekor::v1 ? 1000U : 0U}) {
        log.add_others(6);
    }

    /// Ours, with a proof in a tree of 11 entries.
    LogEntry add(std::string_view kind, std::string_view version, std::string_view body) {
        LogEntry entry = log.add(kind, version, body, now);
        log.add_others(4);
        entry.proof = log.prove(entry.proof->log_index);
        return entry;
    }

    [[nodiscard]] TrustedRoot root() const {
        return TrustedRoot::parse(pki::trusted_root_json(log));
    }

    pki::Log log;
};

void check_refused(const Scene& scene,
                   const LogEntry& entry,
                   const SignedContent& content,
                   core::Reason reason = core::Reason::log_mismatch) {
    const auto error =
        test::error_of([&] { return verify_log_entry(entry, content, scene.root()); });
    CAPTURE(error.message());
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

LogEntry good_v1(Scene& scene) {
    return scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(message_fields()));
}

LogEntry good_v2(Scene& scene) {
    return scene.add("hashedrekord", "0.0.2", pki::hashedrekord_v2(message_fields_v2()));
}

/// Every way of v1 in which `change` makes a body about something else.
template <typename Change>
void check_bodies_refused(Change change) {
    pki::BodyFields message = message_fields();
    pki::BodyFields envelope = envelope_fields();
    change(message);
    change(envelope);
    Scene scene(pki::Rekor::v1);
    check_refused(
        scene, scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(message)), signed_message());
    check_refused(scene, scene.add("dsse", "0.0.1", pki::dsse_v1(envelope)), signed_envelope());
    check_refused(scene, scene.add("intoto", "0.0.2", pki::intoto_v1(envelope)), signed_envelope());
}

}  // namespace

TEST_SUITE("sigstore/log/log_entry_rules") {
    TEST_CASE("accepts good entries of every kind") {
        Scene v1(pki::Rekor::v1);
        for (const auto& [entry, content] :
             {std::pair(good_v1(v1), signed_message()),
              std::pair(v1.add("dsse", "0.0.1", pki::dsse_v1(envelope_fields())),
                        signed_envelope()),
              std::pair(v1.add("intoto", "0.0.2", pki::intoto_v1(envelope_fields())),
                        signed_envelope())}) {
            CAPTURE(entry.kind);
            const VerifiedLogEntry verified = verify_log_entry(entry, content, v1.root());
            CHECK(verified.inclusion_proved);
            CHECK(verified.integrated == now);
            CHECK(verified.index == entry.proof->log_index + 1000);
        }
        Scene v2(pki::Rekor::v2);
        pki::BodyFields envelope = message_fields_v2();
        envelope.digest = sha256("DSSEv1 28 application/vnd.in-toto+json 2 {}");
        for (const auto& [entry, content] :
             {std::pair(good_v2(v2), signed_message()),
              std::pair(v2.add("hashedrekord", "0.0.2", pki::hashedrekord_v2(envelope)),
                        signed_envelope())}) {
            CHECK_FALSE(verify_log_entry(entry, content, v2.root()).integrated.has_value());
        }
    }

    TEST_CASE("refuses an entry whose kind or version is not that of its body") {
        Scene scene(pki::Rekor::v1);
        const std::string body = pki::hashedrekord_v1(message_fields());
        check_refused(scene, scene.add("dsse", "0.0.1", body), signed_message());
        check_refused(scene, scene.add("hashedrekord", "0.0.2", body), signed_message());
        Scene v2(pki::Rekor::v2);
        check_refused(v2,
                      v2.add("hashedrekord", "0.0.1", pki::hashedrekord_v2(message_fields_v2())),
                      signed_message());
    }

    TEST_CASE("refuses kinds that are not supported") {
        Scene scene(pki::Rekor::v2);
        check_refused(
            scene,
            scene.add("dsse", "0.0.2", R"({"apiVersion":"0.0.2","kind":"dsse","spec":{}})"),
            signed_envelope(),
            core::Reason::unsupported);
    }

    TEST_CASE("v1: refuses a body about another signature") {
        check_bodies_refused(
            [](pki::BodyFields& fields) { fields.signature = core::to_bytes("another"); });
    }

    TEST_CASE("v1: refuses a body about another key") {
        check_bodies_refused(
            [](pki::BodyFields& fields) { fields.signer_pem = key_of("p384").to_pem(); });
    }

    TEST_CASE("v1: refuses a body about a certificate where a key signed") {
        check_bodies_refused([](pki::BodyFields& fields) {
            fields.signer_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        });
    }

    TEST_CASE("v1: refuses a body about a key where a certificate signed") {
        const Bundle bundle = Bundle::parse(test::read_data("rekor/blob.v1.bundle.json"));
        const auto certificate = crypto::Certificate::parse_der(
            std::get<CertificateMaterial>(bundle.material).chain.at(0));
        SignedContent content = signed_message();
        content.signer = certificate;
        pki::BodyFields fields = message_fields();
        fields.signer_pem = certificate.public_key().to_pem();
        Scene scene(pki::Rekor::v1);
        check_refused(
            scene, scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(fields)), content);
    }

    TEST_CASE("v1: refuses a body about another digest or payload") {
        check_bodies_refused([](pki::BodyFields& fields) { fields.digest = sha256("other"); });
        check_bodies_refused([](pki::BodyFields& fields) {
            fields.digest.clear();
            fields.digest.push_back(std::byte{1});
        });
    }

    TEST_CASE("v1: refuses a digest made with another hash, and one that is not stated") {
        Scene scene(pki::Rekor::v1);
        pki::BodyFields fields = message_fields();
        fields.algorithm = "sha512";
        check_refused(scene,
                      scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(fields)),
                      signed_message());
        SignedContent unstated = signed_message();
        std::get<MessageSignature>(unstated.content).digest_algorithm.clear();
        check_refused(scene, good_v1(scene), unstated);
        unstated = signed_message();
        std::get<MessageSignature>(unstated.content).digest.clear();
        check_refused(scene, good_v1(scene), unstated);
        fields.algorithm = "md5";  // no name that a bundle could give it
        check_refused(
            scene, scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(fields)), unstated);
    }

    TEST_CASE("v1: reads digests by every hash") {
        for (const auto& [body, bundle] : {std::pair("sha256", "SHA2_256"),
                                           std::pair("sha384", "SHA2_384"),
                                           std::pair("sha512", "SHA2_512")}) {
            Scene scene(pki::Rekor::v1);
            pki::BodyFields fields = message_fields();
            fields.algorithm = body;
            SignedContent content = signed_message();
            std::get<MessageSignature>(content.content).digest_algorithm = bundle;
            const LogEntry entry = scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(fields));
            CHECK_NOTHROW(static_cast<void>(verify_log_entry(entry, content, scene.root())));
        }
    }

    TEST_CASE("v1: refuses an envelope in hashedrekord, and a message in dsse or intoto") {
        Scene scene(pki::Rekor::v1);
        pki::BodyFields fields = envelope_fields();
        const auto hashed = [&] {
            return scene.add("hashedrekord", "0.0.1", pki::hashedrekord_v1(fields));
        };
        check_refused(scene, hashed(), signed_envelope());
        fields.digest = sha256("DSSEv1 28 application/vnd.in-toto+json 2 {}");
        check_refused(scene, hashed(), signed_envelope());
        const pki::BodyFields message = message_fields();
        check_refused(scene, scene.add("dsse", "0.0.1", pki::dsse_v1(message)), signed_message());
        check_refused(
            scene, scene.add("intoto", "0.0.2", pki::intoto_v1(message)), signed_message());
    }

    TEST_CASE("v1: a promise that does not verify is not outweighed by the proof") {
        Scene scene(pki::Rekor::v1);
        LogEntry entry = good_v1(scene);
        entry.signed_timestamp->back() ^= std::byte{1};
        check_refused(scene, entry, signed_message(), core::Reason::untrusted_log);
    }

    TEST_CASE("v1: refuses a promise of a time at which the log's key was not valid") {
        Scene scene(pki::Rekor::v1);
        LogEntry entry = good_v1(scene);
        entry.integrated_time =
            static_cast<std::uint64_t>(scene.log.trusted().validity.start.unix_seconds() - 1);
        entry.signed_timestamp = scene.log.sign_promise(entry);
        check_refused(scene, entry, signed_message(), core::Reason::untrusted_log);
    }

    TEST_CASE("v1: refuses a proof for another place, tree or root, though there is a promise") {
        Scene scene(pki::Rekor::v1);
        const LogEntry good = good_v1(scene);
        LogEntry entry = good;
        ++entry.proof->log_index;
        check_refused(scene, entry, signed_message());
        entry = good;
        ++entry.proof->tree_size;
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.proof->root_hash.front() ^= std::byte{1};
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.proof->hashes.front().front() ^= std::byte{1};
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.proof = scene.log.prove(2);
        check_refused(scene, entry, signed_message());
    }

    TEST_CASE("v1: refuses a checkpoint that the log did not sign") {
        Scene scene(pki::Rekor::v1);
        LogEntry entry = good_v1(scene);
        entry.proof = scene.log.prove(6, {.is_signature_broken = true});
        check_refused(scene, entry, signed_message(), core::Reason::bad_signature);
    }

    TEST_CASE("an entry of Rekor v1 in a checkpoint of v2 must be in one of that log") {
        for (const char* origin : {"rekor.example.org", "rekor.example.com:443", "rekor"}) {
            CAPTURE(origin);
            Scene v1(pki::Rekor::v1);
            LogEntry entry = good_v1(v1);
            entry.proof = v1.log.prove(6, {.origin = origin});
            check_refused(v1, entry, signed_message());
        }
    }

    TEST_CASE("an entry of Rekor v2 with a checkpoint of v1 is refused") {
        Scene v2(pki::Rekor::v2);
        LogEntry entry = good_v2(v2);
        entry.proof = v2.log.prove(6, {.origin = "rekor.example.com - 1"});
        check_refused(v2, entry, signed_message());
    }

    TEST_CASE("v2: refuses a body about another signature, key, digest or form of key") {
        Scene scene(pki::Rekor::v2);
        const auto check = [&](auto change) {
            pki::BodyFields fields = message_fields_v2();
            change(fields);
            check_refused(scene,
                          scene.add("hashedrekord", "0.0.2", pki::hashedrekord_v2(fields)),
                          signed_message());
        };
        check([](auto& fields) { fields.signature = core::to_bytes("another"); });
        check([](auto& fields) { fields.signer_der = key_of("p384").spki_der(); });
        check([](auto& fields) { fields.is_certificate = true; });
        check([](auto& fields) { fields.digest = sha256("other"); });
        check([](auto& fields) { fields.algorithm = "SHA2_512"; });
        check([](auto& fields) { fields.key_details = "PKIX_ECDSA_P384_SHA_384"; });
    }

    TEST_CASE("v2: the body that was signed counts, not the one that the entry carries") {
        Scene scene(pki::Rekor::v2);
        // The log has an entry about another signature; the bundle shows a body that fits.
        pki::BodyFields fields = message_fields_v2();
        fields.signature = core::to_bytes("another");
        LogEntry entry = scene.add("hashedrekord", "0.0.2", pki::hashedrekord_v2(fields));
        entry.body = core::to_bytes(pki::hashedrekord_v2(message_fields_v2()));
        check_refused(scene, entry, signed_message());
        // And the other way round: the log has ours, the bundle shows another.
        entry = good_v2(scene);
        entry.body = core::to_bytes(pki::hashedrekord_v2(fields));
        check_refused(scene, entry, signed_message());
    }

    TEST_CASE("v2: refuses no proof, a promise, and two indexes") {
        Scene scene(pki::Rekor::v2);
        const LogEntry good = good_v2(scene);
        LogEntry entry = good;
        entry.proof.reset();
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.integrated_time = static_cast<std::uint64_t>(now.unix_seconds());
        entry.signed_timestamp = scene.log.sign_promise(entry);
        check_refused(scene, entry, signed_message());
        entry = good;
        ++entry.log_index;
        check_refused(scene, entry, signed_message());
        entry = good;
        ++entry.proof->log_index;
        check_refused(scene, entry, signed_message());
    }

    TEST_CASE("v2: refuses a proof for another place or tree, and a checkpoint not by the log") {
        Scene scene(pki::Rekor::v2);
        const LogEntry good = good_v2(scene);
        LogEntry entry = good;
        entry.proof = scene.log.prove(2);
        entry.log_index = 2;
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.proof->hashes.front().front() ^= std::byte{1};
        check_refused(scene, entry, signed_message());
        entry = good;
        ++entry.proof->tree_size;
        check_refused(scene, entry, signed_message());
        entry = good;
        entry.proof = scene.log.prove(6, {.is_signature_broken = true});
        check_refused(scene, entry, signed_message(), core::Reason::bad_signature);
        entry.proof = scene.log.prove(6, {.origin = "other.example.com"});
        check_refused(scene, entry, signed_message());
    }

    TEST_CASE("a log is known by its id alone: what it signed under another does not count") {
        Scene scene(pki::Rekor::v1);
        LogEntry entry = good_v1(scene);
        entry.log_id.front() ^= std::byte{1};
        entry.signed_timestamp = scene.log.sign_promise(entry);
        check_refused(scene, entry, signed_message(), core::Reason::untrusted_log);
    }

    TEST_CASE("a log with an unusable key is named as such") {
        Scene scene(pki::Rekor::v1);
        const LogEntry entry = good_v1(scene);
        std::string json = pki::trusted_root_json(scene.log);
        json.replace(json.find("PKIX_ECDSA_P256_SHA_256"), 23, "PKIX_ML_DSA_65");
        const auto error = test::error_of(
            [&] { return verify_log_entry(entry, signed_message(), TrustedRoot::parse(json)); });
        CHECK(error.reason() == core::Reason::untrusted_log);
        CHECK(error.message().find("PKIX_ML_DSA_65") != std::string::npos);
    }

    TEST_CASE("a log that is listed twice is trusted at either time") {
        Scene scene(pki::Rekor::v1);
        const LogEntry entry = good_v1(scene);
        const std::string now_valid = scene.log.trusted_json();
        std::string long_ago = now_valid;
        long_ago.replace(long_ago.find("2026-01-01T00:00:00Z\""),
                         21,
                         "2020-01-01T00:00:00Z\",\"end\":\"2021-01-01T00:00:00Z\"");
        const auto root_with = [](const std::string& logs) {
            return TrustedRoot::parse(core::concat(
                R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",)",
                R"("tlogs":[)",
                logs,
                "]}"));
        };
        for (const auto& logs :
             {core::concat(long_ago, ',', now_valid), core::concat(now_valid, ',', long_ago)}) {
            CHECK_NOTHROW(
                static_cast<void>(verify_log_entry(entry, signed_message(), root_with(logs))));
        }
        CHECK(test::error_of([&] {
                  return verify_log_entry(entry, signed_message(), root_with(long_ago));
              }).reason() == core::Reason::untrusted_log);
    }

    TEST_CASE("of several entries those of unknown logs and with broken promises do not count") {
        Scene scene(pki::Rekor::v1);
        Scene unknown(pki::Rekor::v1);
        const LogEntry good = good_v1(scene);
        const LogEntry foreign = good_v1(unknown);
        LogEntry broken = good_v1(scene);
        broken.signed_timestamp->back() ^= std::byte{1};
        const auto verify = [&](const std::vector<LogEntry>& entries) {
            return verify_log_entries(entries, signed_message(), scene.root());
        };
        CHECK(verify({foreign, good, broken}).size() == 1);
        CHECK(verify({good, good_v1(scene)}).size() == 2);
        for (const auto& entries : {std::vector<LogEntry>{}, {foreign}, {broken, foreign}}) {
            const auto error = test::error_of([&] { return verify(entries); });
            CHECK(error.kind() == core::ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::untrusted_log);
        }
    }

    TEST_CASE("an entry of a trusted log that is wrong is an error beside others") {
        Scene scene(pki::Rekor::v1);
        const LogEntry good = good_v1(scene);
        LogEntry wrong = good_v1(scene);
        wrong.proof->hashes.front().front() ^= std::byte{1};
        for (const auto& entries : {std::vector{good, wrong}, std::vector{wrong, good}}) {
            CHECK(test::error_of([&] {
                      return verify_log_entries(entries, signed_message(), scene.root());
                  }).reason() == core::Reason::log_mismatch);
        }
    }
}

}  // namespace modelseal::sigstore
