// Signatures by keys, as far as logs and times decide whether they count.
#include "common/core/error.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/verify.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/world.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::Reason;
using pki::noon;
using pki::World;

const digest::Digest artifact = digest::Digest::parse_lenient(std::string(64, 'a'));

/// One signature by one key, in one world.
struct Scene {
    World world;
    crypto::KeySigner key{crypto::PrivateKey::generate()};
    Envelope envelope = signed_envelope();

    Envelope signed_envelope() {
        Envelope made{.payload_type = std::string(in_toto_payload_type),
                      .payload = cosign_sign_statement(artifact, {}),
                      .signature = {}};
        made.signature =
            key.sign(core::as_bytes(pre_authentication_encoding(made.payload_type, made.payload)));
        return made;
    }

    [[nodiscard]] Bundle bundle() const {
        return {.material = key_material(key.public_key().fingerprint()), .content = envelope};
    }

    [[nodiscard]] pki::BodyFields body() const {
        const auto digest = digest::sha256_of(core::as_bytes(envelope.payload));
        return {.signature = envelope.signature,
                .signer_pem = key.public_key().to_pem(),
                .digest = {digest.bytes().begin(), digest.bytes().end()}};
    }

    LogEntry entry(const pki::BodyFields& body) {
        return world.log.add("dsse", "0.0.1", pki::dsse_v1(body), noon());
    }

    [[nodiscard]] TrustedKey trusted() const { return {.key = key.public_key()}; }

    [[nodiscard]] TrustedKey compromised(core::Timestamp at) const {
        return {.key = key.public_key(), .compromised_at = at};
    }

    [[nodiscard]] VerifiedSignature verify(const Bundle& bundle,
                                           const Requirements& requirements) const {
        return verify(bundle, requirements, {.root = world.trusted_root(), .now = noon(pki::year)});
    }

    [[nodiscard]] static VerifiedSignature verify(const Bundle& bundle,
                                                  const Requirements& requirements,
                                                  const Trust& trust) {
        const std::vector<Evidence> evidence = {
            {.origin = "test", .content = write_bundle(bundle)}};
        return verify_signature_of(artifact, evidence, requirements, trust);
    }

    [[nodiscard]] Reason refusal(const Bundle& bundle, const Requirements& requirements) const {
        return test::error_of([&] { return verify(bundle, requirements); }).reason();
    }
};

}  // namespace

TEST_SUITE("sigstore/key_authentication") {
    TEST_CASE("the promise of a log is a time at which a key was not yet compromised") {
        Scene scene;
        Bundle bundle = scene.bundle();
        const Requirements later{.signers = {scene.compromised(noon(1))}};
        CHECK(scene.refusal(bundle, later) == Reason::revoked);
        bundle.log_entries = {scene.entry(scene.body())};
        CHECK_NOTHROW(static_cast<void>(scene.verify(bundle, later)));
        CHECK(scene.refusal(bundle, {.signers = {scene.compromised(noon())}}) == Reason::revoked);
    }

    TEST_CASE(
        "what is there and nobody trusted vouches for is explained, and is not told as none") {
        Scene scene;
        Bundle bundle = scene.bundle();
        TrustedKey since_noon = scene.trusted();
        since_noon.validity = Validity{.start = noon(), .end = std::nullopt};
        const World another;
        const Trust trust{.root = another.trusted_root(), .now = noon(pki::year)};
        const auto notes = [&] {
            std::vector<std::string> of;
            const auto verified = Scene::verify(bundle, {.signers = {since_noon}}, trust);
            for (const core::CheckNote& note : verified.facts().checks) {
                if (note.check == "transparency log" || note.check == "trusted time") {
                    CHECK(note.outcome == core::CheckNote::Outcome::not_asked);
                    of.push_back(note.evidence);
                }
            }
            REQUIRE(of.size() == 2);
            return of;
        };
        for (const std::string& note : notes()) {
            CHECK(note == "there is none, and none is demanded");
        }
        bundle.log_entries = {scene.entry(scene.body())};
        bundle.timestamps = {scene.world.timestamp_authority.stamp(scene.envelope.signature)};
        for (const std::string& note : notes()) {
            CHECK(note.starts_with("what is there does not count, and none is demanded: "));
        }
    }

    TEST_CASE("a log entry that contradicts the signature is not passed over") {
        Scene scene;
        Bundle bundle = scene.bundle();
        pki::BodyFields body = scene.body();
        body.digest.front() ^= std::byte{1};
        bundle.log_entries = {scene.entry(body)};
        bundle.timestamps = {scene.world.timestamp_authority.stamp(scene.envelope.signature)};
        CHECK(scene.refusal(bundle, {.signers = {scene.compromised(noon(1))}}) ==
              Reason::log_mismatch);
        CHECK(scene.refusal(bundle, {.signers = {scene.trusted()}, .require_log = true}) ==
              Reason::log_mismatch);
        // Where nothing depends on them, log entries of others say nothing about a key.
        CHECK_NOTHROW(static_cast<void>(scene.verify(bundle, {.signers = {scene.trusted()}})));
    }

    TEST_CASE("a proof by a log whose key has an end needs a time") {
        Scene scene;
        scene.world.log = pki::Log({.validity = {noon(-pki::year), noon(10)}});
        Bundle bundle = scene.bundle();
        LogEntry entry = scene.entry(scene.body());
        entry.signed_timestamp.reset();
        bundle.log_entries = {entry};
        const Requirements logged{.signers = {scene.trusted()}, .require_log = true};
        CHECK(scene.refusal(bundle, logged) == Reason::untrusted_log);
        bundle.timestamps = {scene.world.timestamp_authority.stamp(scene.envelope.signature)};
        Requirements both = logged;
        both.require_timestamp = true;
        CHECK_NOTHROW(static_cast<void>(scene.verify(bundle, both)));
    }

    TEST_CASE("what was made later does not count for an earlier time that is asked about") {
        Scene scene;
        Bundle bundle = scene.bundle();
        bundle.timestamps = {scene.world.timestamp_authority.stamp(scene.envelope.signature)};
        Trust then{.root = scene.world.trusted_root(), .now = noon(), .asks_about_now = false};
        const Requirements by_key{.signers = {scene.trusted()}};
        CHECK_NOTHROW(static_cast<void>(Scene::verify(bundle, by_key, then)));
        then.now = noon(-1);
        CHECK(test::error_of([&] { return Scene::verify(bundle, by_key, then); }).reason() ==
              Reason::no_trusted_time);
    }
}

}  // namespace modelseal::sigstore
