#include "common/crypto/private_key.hpp"

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

TEST_SUITE("crypto/private_key") {
    TEST_CASE("reads PKCS#8 of every type, with the public key that belongs to it") {
        for (const auto* name :
             {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"}) {
            CAPTURE(name);
            CHECK(PrivateKey::parse_pem(key_file(core::concat(name, ".pem"))).public_key() ==
                  PublicKey::parse_pem(key_file(core::concat(name, ".pub"))));
        }
    }

    TEST_CASE("reads SEC1 and PKCS#1 as the same keys") {
        CHECK(PrivateKey::parse_pem(key_file("p256-sec1.pem")).public_key() ==
              PublicKey::parse_pem(key_file("p256.pub")));
        CHECK(PrivateKey::parse_pem(key_file("rsa2048-pkcs1.pem")).public_key() ==
              PublicKey::parse_pem(key_file("rsa2048.pub")));
    }

    TEST_CASE("generates P-256 keys that differ, and reads them back from PKCS#8") {
        const PrivateKey key = PrivateKey::generate();
        CHECK(key.public_key().algorithm() == KeyAlgorithm::ecdsa_p256);
        CHECK_FALSE(key.public_key() == PrivateKey::generate().public_key());
        CHECK(PrivateKey::parse_pkcs8(core::as_bytes(key.to_pkcs8().reveal())).public_key() ==
              key.public_key());
    }

    TEST_CASE("refuses public keys, truncated keys and bytes after the key") {
        CHECK_THROWS_AS(static_cast<void>(PrivateKey::parse_pem(key_file("p256.pub"))),
                        core::Error);
        const core::Secret secret = PrivateKey::parse_pem(key_file("p256.pem")).to_pkcs8();
        const std::string der(secret.reveal());
        for (std::size_t length = 0; length < der.size(); ++length) {
            CHECK_THROWS_AS(
                static_cast<void>(PrivateKey::parse_pkcs8(core::as_bytes(der.substr(0, length)))),
                core::Error);
        }
        CHECK_THROWS_AS(static_cast<void>(PrivateKey::parse_pkcs8(core::as_bytes(der + "x"))),
                        core::Error);
    }

    TEST_CASE("refuses a private key that does not fit the public key beside it") {
        std::string der(PrivateKey::parse_pem(key_file("p256.pem")).to_pkcs8().reveal());
        der.at(40) = static_cast<char>(der.at(40) ^ 1);  // inside the private value
        CHECK_THROWS_AS(static_cast<void>(PrivateKey::parse_pkcs8(core::as_bytes(der))),
                        core::Error);
    }
}

}  // namespace modelseal::crypto
