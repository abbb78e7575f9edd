#include "common/crypto/public_key.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

std::string key_file(std::string_view name) {
    return test::read_data(core::concat("cosign/keys/", name));
}

}  // namespace

TEST_SUITE("crypto/public_key") {
    TEST_CASE("reads every type that Sigstore clients accept") {
        CHECK(PublicKey::parse_pem(key_file("p256.pub")).algorithm() == KeyAlgorithm::ecdsa_p256);
        CHECK(PublicKey::parse_pem(key_file("p384.pub")).algorithm() == KeyAlgorithm::ecdsa_p384);
        CHECK(PublicKey::parse_pem(key_file("p521.pub")).algorithm() == KeyAlgorithm::ecdsa_p521);
        CHECK(PublicKey::parse_pem(key_file("rsa2048.pub")).algorithm() == KeyAlgorithm::rsa_2048);
        CHECK(PublicKey::parse_pem(key_file("rsa3072.pub")).algorithm() == KeyAlgorithm::rsa_3072);
        CHECK(PublicKey::parse_pem(key_file("rsa4096.pub")).algorithm() == KeyAlgorithm::rsa_4096);
        CHECK(PublicKey::parse_pem(key_file("ed25519.pub")).algorithm() == KeyAlgorithm::ed25519);
    }

    TEST_CASE("reads PKCS#1 as the same key as SubjectPublicKeyInfo") {
        CHECK(PublicKey::parse_pem(key_file("rsa2048-pkcs1.pub")) ==
              PublicKey::parse_pem(key_file("rsa2048.pub")));
    }

    TEST_CASE("the fingerprint is the hint that cosign writes into its bundles") {
        const auto key = PublicKey::parse_pem(test::read_data("cosign/cosign.pub"));
        CHECK(key.fingerprint().hex() ==
              "d3d5628fec58047bcc558616ff2cfde0e9e3a8f2ebbb3adb384ecd9ff937af41");
    }

    TEST_CASE("writes the PEM file that it read") {
        const std::string text = test::read_data("cosign/cosign.pub");
        CHECK(PublicKey::parse_pem(text).to_pem() == text);
    }

    TEST_CASE("uses the first PEM block only") {
        const std::string first = key_file("p256.pub");
        CHECK(PublicKey::parse_pem(first + key_file("p384.pub")) == PublicKey::parse_pem(first));
    }

    TEST_CASE("refuses keys outside the policy") {
        for (const auto* name : {"secp256k1.pub",
                                 "p256-explicit.pub",
                                 "rsa1024.pub",
                                 "rsa2048-e3.pub",
                                 "x25519.pub"}) {
            CAPTURE(name);
            try {
                static_cast<void>(PublicKey::parse_pem(key_file(name)));
                FAIL("accepted");
            } catch (const core::Error& error) {
                CHECK(error.kind() == core::ErrorKind::malformed);
                CHECK(error.reason() == core::Reason::unsupported);
            }
        }
    }

    TEST_CASE("refuses a second encoding of a key, private keys and bytes after the key") {
        CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_pem(key_file("p256-compressed.pub"))),
                        core::Error);
        CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_pem(key_file("p256.pem"))), core::Error);
        core::Bytes der = PublicKey::parse_pem(key_file("p256.pub")).spki_der();
        der.push_back(std::byte{0});
        CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_spki(der)), core::Error);
    }

    TEST_CASE("refuses a point that is not on the curve") {
        core::Bytes der = PublicKey::parse_pem(key_file("p256.pub")).spki_der();
        der.back() ^= std::byte{1};
        CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_spki(der)), core::Error);
    }

    TEST_CASE("refuses every truncation of a file and of its DER") {
        const std::string text = key_file("p256.pub");
        for (std::size_t length = 0; length + 1 < text.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_pem(text.substr(0, length))),
                            core::Error);
        }
        const core::Bytes der = PublicKey::parse_pem(text).spki_der();
        for (std::size_t length = 0; length < der.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(PublicKey::parse_spki(std::span(der).first(length))),
                            core::Error);
        }
    }
}

}  // namespace modelseal::crypto
