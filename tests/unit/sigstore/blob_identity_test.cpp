// Signatures of files by identities: in each only one thing is wrong.
#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/blob.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/demand.hpp"
#include "tests/support/pki/world.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::Reason;
using pki::by;
using pki::noon;
using pki::workflow;
using pki::World;

constexpr std::string_view content = "the weights of a model";

using Blob = std::variant<BlobReader, digest::Digest>;

BlobReader file(std::string_view text = content) {
    return [text](core::ByteSink& to) {
        to.write(core::as_bytes(text));
    };
}

digest::Digest sha256(std::string_view text = content) {
    return digest::sha256_of(core::as_bytes(text));
}

VerifiedBlob verify(const Blob& blob,
                    const Bundle& bundle,
                    const World& world,
                    const Requirements& requirements = by(),
                    const pki::TrustOptions& trusted = {}) {
    return verify_blob(blob,
                       {.origin = "test", .signature = write_bundle(bundle)},
                       requirements,
                       {.root = world.trusted_root(trusted), .now = noon(pki::year)});
}

/// Why a signature is refused of which only `options` make something wrong: of the file, and of its
/// digest.
Reason refusal(const pki::SigningOptions& options,
               const pki::TrustOptions& trusted = {},
               const Requirements& requirements = by()) {
    World world;
    const Bundle bundle = world.sign_message(content, options);
    const auto of = [&](const Blob& blob) {
        return test::error_of([&] { return verify(blob, bundle, world, requirements, trusted); });
    };
    const core::Error of_file = of(file());
    CAPTURE(of_file.message());
    CHECK(of_file.kind() == core::ErrorKind::mismatch);
    CHECK(of(sha256()).reason() == of_file.reason());
    return of_file.reason();
}

}  // namespace

TEST_SUITE("sigstore/blob_identity") {
    TEST_CASE("accepts an identity's signature of a file, and says who and when") {
        World world;
        const Bundle bundle = world.sign_message(content);
        for (const Blob& blob : {Blob(file()), Blob(sha256())}) {
            const auto verified = verify(blob, bundle, world);
            CHECK(verified.facts().sha256 == sha256());
            const Authentication& authentication = verified.facts().authentication;
            CHECK(std::get<SigningCertificate>(authentication.signer).identity.subject == workflow);
            CHECK(authentication.times.size() == 2);
            CHECK(authentication.log_entries.size() == 1);
        }
    }

    TEST_CASE("refuses another file, by what it is and by its digest") {
        World world;
        const Bundle bundle = world.sign_message(content);
        for (const Blob& blob : {Blob(file("other")), Blob(sha256("other"))}) {
            CHECK(test::error_of([&] { return verify(blob, bundle, world); }).reason() ==
                  Reason::digest_mismatch);
        }
    }

    TEST_CASE("refuses a signature that does not verify, although it is stamped and logged") {
        CHECK(refusal({.change_message = [](MessageSignature& message) {
                  message.signature.back() ^= std::byte{1};
              }}) == Reason::bad_signature);
    }

    TEST_CASE("refuses another identity, another issuer, and anybody where keys are trusted") {
        CHECK(refusal({}, {}, by("https://github.com/org/other")) == Reason::wrong_identity);
        CHECK(refusal({}, {}, by(workflow, "https://example.com")) == Reason::wrong_identity);
        CHECK(refusal({}, {}, {.signers = {TrustedKey{pki::Key::generate().public_key()}}}) ==
              Reason::wrong_signer);
    }

    TEST_CASE("refuses entries of the log about another message, signature or certificate") {
        const auto changed = [](const auto& change) {
            return refusal({.change_body = change});
        };
        CHECK(changed([](pki::BodyFields& body) { body.digest.front() ^= std::byte{1}; }) ==
              Reason::log_mismatch);
        CHECK(changed([](pki::BodyFields& body) { body.algorithm = "sha512"; }) ==
              Reason::log_mismatch);
        CHECK(changed([](pki::BodyFields& body) { body.signature.back() ^= std::byte{1}; }) ==
              Reason::log_mismatch);
        CHECK(changed([](pki::BodyFields& body) {
                  body.signer_pem = pki::Key::generate().public_key().to_pem();
              }) == Reason::log_mismatch);
    }

    TEST_CASE("refuses what is not logged, timed, promised or certified by whom it trusts") {
        CHECK(refusal({.with_log = false}) == Reason::untrusted_log);
        CHECK(refusal({.with_sct = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.log = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.ct_log = false}) == Reason::untrusted_log);
        CHECK(refusal({}, {.authority = false}) == Reason::untrusted_certificate);
        CHECK(refusal({}, {.timestamp_authority = false}) == Reason::untrusted_timestamp);
        CHECK(refusal({.with_timestamp = false, .logged = noon(301)}) ==
              Reason::certificate_expired);
        CHECK(refusal({.with_timestamp = false, .change_entry = [](LogEntry& entry) {
                           entry.signed_timestamp->back() ^= std::byte{1};
                       }}) == Reason::untrusted_log);
    }
}

}  // namespace modelseal::sigstore
