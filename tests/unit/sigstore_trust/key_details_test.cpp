#include "common/sigstore/trust/key_details.hpp"

#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

core::Bytes key_bytes(std::string_view name) {
    return crypto::parse_first_pem(test::read_data(core::concat("cosign/keys/", name, ".pub")))
        .content;
}

}  // namespace

TEST_SUITE("sigstore/trust/key_details") {
    TEST_CASE("reads every kind of key that signatures can be checked with") {
        for (const auto& [name, details] : {std::pair("p256", "PKIX_ECDSA_P256_SHA_256"),
                                            std::pair("p384", "PKIX_ECDSA_P384_SHA_384"),
                                            std::pair("p521", "PKIX_ECDSA_P521_SHA_512"),
                                            std::pair("rsa2048", "PKIX_RSA_PKCS1V15_2048_SHA256"),
                                            std::pair("rsa3072", "PKIX_RSA_PKCS1V15_3072_SHA256"),
                                            std::pair("rsa4096", "PKIX_RSA_PKCS1V15_4096_SHA256"),
                                            std::pair("ed25519", "PKIX_ED25519")}) {
            CAPTURE(name);
            const crypto::PublicKey key = parse_key(details, key_bytes(name));
            CHECK(key_details(key.algorithm()) == details);
        }
    }

    TEST_CASE("reads an RSA key in PKCS#1 form where that is stated, and only there") {
        const core::Bytes pkcs1 = key_bytes("rsa2048-pkcs1");
        const core::Bytes spki = key_bytes("rsa2048");
        CHECK(parse_key("PKCS1_RSA_PKCS1V5", pkcs1) ==
              parse_key("PKIX_RSA_PKCS1V15_2048_SHA256", spki));
        CHECK_THROWS_AS(static_cast<void>(parse_key("PKCS1_RSA_PKCS1V5", spki)), core::Error);
        CHECK_THROWS_AS(static_cast<void>(parse_key("PKIX_RSA_PKCS1V15_2048_SHA256", pkcs1)),
                        core::Error);
    }

    TEST_CASE("refuses a key of another kind than stated") {
        const auto error =
            test::error_of([] { return parse_key("PKIX_ED25519", key_bytes("p256")); });
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.reason() != core::Reason::unsupported);
        CHECK_THROWS_AS(static_cast<void>(parse_key("PKIX_ECDSA_P256_SHA_256", key_bytes("p384"))),
                        core::Error);
    }

    TEST_CASE("says of kinds that are valid and not supported that they are not supported") {
        for (const auto& [details, name] : {std::pair("PKIX_ED25519_PH", "ed25519"),
                                            std::pair("PKIX_RSA_PSS_2048_SHA256", "rsa2048"),
                                            std::pair("PKIX_ECDSA_P384_SHA_256", "p384"),
                                            std::pair("PKIX_ECDSA_P256_SHA_256", "secp256k1"),
                                            std::pair("ML_DSA_65", "p256")}) {
            CAPTURE(details);
            CHECK(test::error_of([&, &d = details, &n = name] {
                      return parse_key(d, key_bytes(n));
                  }).reason() == core::Reason::unsupported);
        }
    }

    TEST_CASE("names the hashes of bundles") {
        CHECK(hash_name(crypto::HashAlgorithm::sha256) == "SHA2_256");
        CHECK(hash_name(crypto::HashAlgorithm::sha384) == "SHA2_384");
        CHECK(hash_name(crypto::HashAlgorithm::sha512) == "SHA2_512");
    }
}

}  // namespace modelseal::sigstore
