#include "common/sigstore/log/rekor_v2_body.hpp"

#include "common/core/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/log_bodies.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

crypto::PublicKey key_of(std::string_view name) {
    return crypto::PublicKey::parse_pem(
        test::read_data(core::concat("cosign/keys/", name, ".pub")));
}

const Envelope envelope{.payload_type = "application/vnd.in-toto+json",
                        .payload = "{}",
                        .signature = core::to_bytes("signature")};

MessageSignature message(std::string algorithm) {
    return {.digest_algorithm = std::move(algorithm),
            .digest = core::Bytes(32, std::byte{5}),
            .signature = core::to_bytes("signature")};
}

void check_refused(const SignedContent& content, core::Reason reason) {
    const auto error = test::error_of([&] { return rekor_v2_body(content); });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

}  // namespace

TEST_SUITE("sigstore/log/rekor_v2_body") {
    TEST_CASE("writes the very bodies that Rekor v2 wrote, of messages and envelopes") {
        for (const auto* name :
             {"rekor/blob.v2.bundle.json", "cosign/keyless-rekor-v2.bundle.json"}) {
            CAPTURE(name);
            const Bundle bundle = Bundle::parse(test::read_data(name));
            const auto& chain = std::get<CertificateMaterial>(bundle.material).chain;
            const SignedContent content{.signer = crypto::Certificate::parse_der(chain.at(0)),
                                        .content = bundle.content};
            CHECK(rekor_v2_body(content) == core::as_text(bundle.log_entries.at(0).body));
        }
    }

    TEST_CASE("names a key instead of a certificate, and hashes an envelope as the key does") {
        for (const auto* name : {"p256", "p384", "p521", "rsa2048", "rsa4096"}) {
            CAPTURE(name);
            const crypto::PublicKey key = key_of(name);
            const crypto::HashAlgorithm hash = crypto::native_hash(key.algorithm());
            const pki::BodyFields fields{
                .signature = envelope.signature,
                .signer_der = key.spki_der(),
                .key_details = std::string(key_details(key.algorithm())),
                .algorithm = std::string(hash_name(hash)),
                .digest = crypto::hash_of(
                    hash, core::as_bytes("DSSEv1 28 application/vnd.in-toto+json 2 {}"))};
            CHECK(rekor_v2_body({.signer = key, .content = envelope}) ==
                  pki::hashedrekord_v2(fields));
        }
    }

    TEST_CASE("refuses a message whose digest is not stated, or not that of the key's hash") {
        check_refused({.signer = key_of("p384"), .content = message("SHA2_256")},
                      core::Reason::log_mismatch);
        check_refused({.signer = key_of("p256"), .content = message("")},
                      core::Reason::log_mismatch);
        MessageSignature unstated = message("SHA2_256");
        unstated.digest.clear();
        check_refused({.signer = key_of("p256"), .content = unstated}, core::Reason::log_mismatch);
    }

    TEST_CASE("refuses Ed25519 keys, whose signatures Rekor v2 takes prehashed only") {
        check_refused({.signer = key_of("ed25519"), .content = envelope},
                      core::Reason::unsupported);
    }
}

}  // namespace modelseal::sigstore
