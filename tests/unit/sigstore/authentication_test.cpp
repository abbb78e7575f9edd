// Signatures by identities: everything that can be wrong, one thing at a time.
#include "common/sigstore/authentication.hpp"

#include "common/core/error.hpp"
#include "common/crypto/signature.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/verify.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/demand.hpp"
#include "tests/support/pki/world.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::Reason;
using pki::by;
using pki::github;
using pki::noon;
using pki::workflow;
using pki::World;

const digest::Digest artifact = digest::Digest::parse_lenient(std::string(64, 'a'));

std::string statement() {
    return cosign_sign_statement(artifact, {{"model", "m"}});
}

Trust trust_in(const World& world, const pki::TrustOptions& options = {}) {
    return {.root = world.trusted_root(options), .now = noon(pki::year)};
}

/// Through the text of a bundle, as it would be found.
VerifiedSignature verify(const Bundle& bundle,
                         const Trust& trust,
                         const Requirements& requirements = by()) {
    const std::vector<Evidence> evidence = {{.origin = "test", .content = write_bundle(bundle)}};
    return verify_signature_of(artifact, evidence, requirements, trust);
}

Reason refusal(const Bundle& bundle, const Trust& trust, const Requirements& requirements = by()) {
    const core::Error error = test::error_of([&] { return verify(bundle, trust, requirements); });
    CAPTURE(error.message());
    CHECK(error.kind() == core::ErrorKind::no_matching_signature);
    return error.reason();
}

/// Why a signature is refused of which only `options` make something wrong.
Reason refusal(const pki::SigningOptions& options, const pki::TrustOptions& trusted = {}) {
    World world;
    const Bundle bundle = world.sign(statement(), options);
    return refusal(bundle, trust_in(world, trusted));
}

const SigningCertificate& signer_of(const VerifiedSignature& verified) {
    return std::get<SigningCertificate>(verified.facts().authentication.signer);
}

}  // namespace

TEST_SUITE("sigstore/authentication") {
    TEST_CASE(
        "whoever asks about a key is not told about logs, and who lacks a log which root it is") {
        World world;
        World another;
        Trust trust = trust_in(another);
        trust.about_root = "the trusted root is another's";
        const Bundle bundle = world.sign(statement());
        const Requirements by_key{
            .signers = {TrustedKey{crypto::PrivateKey::generate().public_key()}}};
        CHECK(refusal(bundle, trust, by_key) == Reason::wrong_signer);
        const auto error = test::error_of([&] { return verify(bundle, trust); });
        CHECK(error.reason() == Reason::untrusted_log);
        CHECK(error.message().ends_with("; the trusted root is another's"));
        const auto of_another = test::error_of([&] { return verify(bundle, trust, by_key); });
        CHECK(of_another.message().find("trusted root") == std::string::npos);
        CHECK(of_another.message().find("signed, but not by this key") != std::string::npos);
    }

    TEST_CASE("accepts an identity's signature, and says who, when and in which log") {
        World world;
        const auto verified = verify(world.sign(statement()), trust_in(world));
        CHECK(signer_of(verified).identity.subject == workflow);
        CHECK(signer_of(verified).identity.issuer == github);
        const Authentication& authentication = verified.facts().authentication;
        REQUIRE(authentication.times.size() == 2);
        CHECK(authentication.times.at(0).source == TrustedTime::Source::timestamp_authority);
        CHECK(authentication.times.at(1).source == TrustedTime::Source::log);
        CHECK(authentication.times.at(0).time == noon());
        REQUIRE(authentication.log_entries.size() == 1);
        CHECK(authentication.log_entries.front().inclusion_proved);
    }

    TEST_CASE("one trusted time is enough, a log's promise or a timestamp") {
        World world;
        CHECK_NOTHROW(static_cast<void>(
            verify(world.sign(statement(), {.with_timestamp = false}), trust_in(world))));
        Requirements unlogged = by();
        unlogged.ignore_log = true;
        CHECK_NOTHROW(static_cast<void>(
            verify(world.sign(statement(), {.with_log = false}), trust_in(world), unlogged)));
    }

    TEST_CASE("refuses a signature that nobody trusted has timed") {
        World world;
        Requirements unlogged = by();
        unlogged.ignore_log = true;
        const Bundle untimed =
            world.sign(statement(), {.with_log = false, .with_timestamp = false});
        CHECK(refusal(untimed, trust_in(world), unlogged) == Reason::no_trusted_time);
        const Bundle promised =
            world.sign(statement(), {.with_timestamp = false, .change_entry = [](LogEntry& entry) {
                                         entry.signed_timestamp.reset();  // a proof tells no time
                                     }});
        CHECK(refusal(promised, trust_in(world)) == Reason::no_trusted_time);
    }

    TEST_CASE("a signature that is in no log counts only where that is asked for") {
        CHECK(refusal({.with_log = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.log = false}) == Reason::untrusted_log);
    }

    TEST_CASE("refuses another identity and another issuer") {
        CHECK(
            refusal({.leaf = {.uri = "https://github.com/org/repo-evil/w.yml@refs/heads/main"}}) ==
            Reason::wrong_identity);
        CHECK(refusal({.leaf = {.issuer = "https://token.example.com"}}) == Reason::wrong_identity);
        World world;
        Requirements by_id = by();
        std::get<TrustedIdentity>(by_id.signers.front()).repository_id = "42";
        CHECK(refusal(world.sign(statement()), trust_in(world), by_id) == Reason::wrong_identity);
    }

    TEST_CASE("refuses a certificate of an authority that is not trusted, or was not then") {
        World other;
        World world;
        CHECK(refusal(other.sign(statement()), {.root = world.trusted_root(), .now = noon()}) ==
              Reason::untrusted_log);
        CHECK(refusal({}, {.authority = false}) == Reason::untrusted_certificate);
        CHECK(refusal({}, {.authority_validity = {noon(-pki::year), noon(-1)}}) ==
              Reason::untrusted_certificate);
        CHECK(refusal({}, {.authority_validity = {noon(1)}}) == Reason::untrusted_certificate);
    }

    TEST_CASE("a certificate must be valid at every trusted time") {
        CHECK(refusal({.with_timestamp = false, .logged = noon(301)}) ==
              Reason::certificate_expired);
        CHECK(refusal({.stamp = {.gen_time = "20260601120501Z"}}) == Reason::certificate_expired);
        CHECK(refusal({.stamp = {.gen_time = "20260601115459Z"}}) == Reason::certificate_expired);
    }

    TEST_CASE("refuses a certificate that is not one for signing code") {
        CHECK(refusal({.leaf = {.extended_key_usage = "serverAuth"}}) ==
              Reason::untrusted_certificate);
        CHECK(refusal({.leaf = {.basic_constraints = "critical,CA:TRUE"}}) ==
              Reason::untrusted_certificate);
        CHECK(refusal({.leaf = {.bad_signature = true}}) == Reason::untrusted_certificate);
    }

    TEST_CASE("a certificate must have been promised to a trusted log, unless nobody asks") {
        CHECK(refusal({.with_sct = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.ct_log = false}) == Reason::untrusted_log);
        World world;
        Requirements without = by();
        without.ignore_sct = true;
        CHECK_NOTHROW(static_cast<void>(
            verify(world.sign(statement(), {.with_sct = false}), trust_in(world), without)));
    }

    TEST_CASE("refuses a changed envelope and a changed signature") {
        CHECK(refusal({.with_timestamp = false, .change_body = [](pki::BodyFields& body) {
                           body.signature.back() ^= std::byte{1};
                       }}) == Reason::log_mismatch);
        CHECK(refusal({.change_envelope = [](Envelope& envelope) {
                  envelope.signature.back() ^= std::byte{1};
              }}) != Reason::unspecified);
        World world;
        Requirements unlogged = by();
        unlogged.ignore_log = true;
        const Bundle changed =
            world.sign(statement(), {.with_log = false, .change_envelope = [](Envelope& envelope) {
                                         envelope.payload = cosign_sign_statement(artifact, {});
                                     }});
        CHECK(refusal(changed, trust_in(world), unlogged) == Reason::bad_signature);
    }

    TEST_CASE("refuses a timestamp over something else, or of an authority that is not trusted") {
        const pki::StampOptions over_other = {.imprint = core::Bytes(32, std::byte{1})};
        CHECK(refusal({.stamp = over_other}) == Reason::untrusted_timestamp);
        CHECK(refusal({}, {.timestamp_authority = false}) == Reason::untrusted_timestamp);
        CHECK(refusal({}, {.timestamp_validity = {noon(-pki::year), noon(-1)}}) ==
              Reason::untrusted_timestamp);
    }

    TEST_CASE("what was made later does not count for the question what was accepted then") {
        World world;
        const Bundle bundle = world.sign(statement());
        Trust then = trust_in(world);
        then.asks_about_now = false;
        then.now = noon();
        CHECK_NOTHROW(static_cast<void>(verify(bundle, then)));
        then.now = noon(-1);
        CHECK(refusal(bundle, then) == Reason::no_trusted_time);
    }

    TEST_CASE("a proof of a log counts only for times at which the log's key counted") {
        World world;
        world.log = pki::Log({.validity = {noon(-pki::year), noon(-1)}});
        const auto without_promise = [](LogEntry& entry) {
            entry.signed_timestamp.reset();
            entry.integrated_time = 0;
        };
        CHECK(refusal(world.sign(statement(), {.change_entry = without_promise}),
                      trust_in(world)) == Reason::untrusted_log);
        World open;
        CHECK_NOTHROW(static_cast<void>(
            verify(open.sign(statement(), {.change_entry = without_promise}), trust_in(open))));
    }

    TEST_CASE("an intermediate of the bundle does not make up for an authority's end") {
        World world;
        const pki::Authority sibling =
            world.root.subordinate({.name = "sibling", .extended_key_usage = "codeSigning"});
        Bundle bundle = world.sign(statement());
        bundle.version = BundleVersion::v0_2;
        std::get<CertificateMaterial>(bundle.material)
            .chain.push_back(world.authority.certificate.der());
        CHECK_NOTHROW(static_cast<void>(verify(bundle, trust_in(world))));
        world.authority = sibling;  // what the trusted root names from now on
        CHECK(refusal(bundle, trust_in(world)) == Reason::untrusted_certificate);
    }

    TEST_CASE("a key is not an identity, nor an identity a key") {
        World world;
        const Requirements by_key{.signers = {TrustedKey{pki::Key::generate().public_key()}}};
        CHECK(refusal(world.sign(statement()), trust_in(world), by_key) == Reason::wrong_signer);
        auto key = crypto::KeySigner(crypto::PrivateKey::generate());
        Envelope envelope{.payload_type = std::string(in_toto_payload_type),
                          .payload = statement(),
                          .signature = {}};
        envelope.signature = key.sign(
            core::as_bytes(pre_authentication_encoding(envelope.payload_type, envelope.payload)));
        const Bundle keyed{.material = key_material(key.public_key().fingerprint()),
                           .content = envelope};
        CHECK(refusal(keyed, trust_in(world)) == Reason::wrong_signer);
    }

    TEST_CASE("a compromised key counts only before, by a trusted time") {
        World world;
        auto key = crypto::KeySigner(crypto::PrivateKey::generate());
        Envelope envelope{.payload_type = std::string(in_toto_payload_type),
                          .payload = statement(),
                          .signature = {}};
        envelope.signature = key.sign(
            core::as_bytes(pre_authentication_encoding(envelope.payload_type, envelope.payload)));
        Bundle bundle{.material = key_material(key.public_key().fingerprint()),
                      .content = envelope};
        const auto compromised = [&](core::Timestamp at) {
            return Requirements{
                .signers = {TrustedKey{.key = key.public_key(), .compromised_at = at}}};
        };
        CHECK(refusal(bundle, trust_in(world), compromised(noon(1))) == Reason::revoked);
        bundle.timestamps = {world.timestamp_authority.stamp(envelope.signature)};
        CHECK_NOTHROW(static_cast<void>(verify(bundle, trust_in(world), compromised(noon(1)))));
        CHECK(refusal(bundle, trust_in(world), compromised(noon())) == Reason::revoked);
        CHECK(refusal(bundle,
                      trust_in(world, {.timestamp_authority = false}),
                      compromised(noon(1))) == Reason::revoked);
        Requirements stamped{.signers = {TrustedKey{.key = key.public_key()}},
                             .require_timestamp = true};
        CHECK_NOTHROW(static_cast<void>(verify(bundle, trust_in(world), stamped)));
        bundle.timestamps.clear();
        CHECK(refusal(bundle, trust_in(world), stamped) == Reason::no_trusted_time);
        Requirements logged{.signers = {TrustedKey{.key = key.public_key()}}, .require_log = true};
        CHECK(refusal(bundle, trust_in(world), logged) == Reason::untrusted_log);
    }

    TEST_CASE("an authority must be trusted at every trusted time, the first and the last") {
        const pki::TrustOptions until = {.authority_validity = {noon(-pki::year), noon(10)}};
        CHECK(refusal({.logged = noon(60)}, until) == Reason::untrusted_certificate);
        CHECK(refusal({.stamp = {.gen_time = "20260601120100Z"}}, until) ==
              Reason::untrusted_certificate);
        World world;
        CHECK_NOTHROW(static_cast<void>(verify(world.sign(statement()), trust_in(world, until))));
    }

    TEST_CASE("the time of a log is no timestamp where one is demanded") {
        World world;
        Requirements stamped = by();
        stamped.require_timestamp = true;
        CHECK(refusal(world.sign(statement(), {.with_timestamp = false}),
                      trust_in(world),
                      stamped) == Reason::no_trusted_time);
        CHECK_NOTHROW(static_cast<void>(verify(world.sign(statement()), trust_in(world), stamped)));
    }

    TEST_CASE("the commits of certificate and signature agree where that is asked for") {
        World world;
        const Bundle bundle =
            world.sign(cosign_sign_statement(artifact, {{"training_commit", std::string(40, 'd')}}),
                       {.leaf = {.extensions = {pki::fulcio_extension(13, std::string(40, 'c'))}}});
        CHECK_NOTHROW(static_cast<void>(verify(bundle, trust_in(world))));
        Requirements agreeing = by();
        agreeing.same_commit = true;
        CHECK(refusal(bundle, trust_in(world), agreeing) == Reason::wrong_annotation);
    }
}

}  // namespace modelseal::sigstore
