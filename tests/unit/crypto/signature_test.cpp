#include "common/crypto/signature.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

const core::Bytes message = core::to_bytes("the message");

PrivateKey key(std::string_view name) {
    return PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem")));
}

VerifiedMessage verify(const PublicKey& public_key,
                       std::string_view text,
                       const core::Bytes& signature,
                       HashChoice choice = HashChoice::native) {
    return verify_signature(public_key, choice, core::as_bytes(text), signature);
}

/// What `openssl dgst -sha256 -sign p384.pem` made over "the message".
constexpr std::string_view p384_with_sha256 =
    "MGYCMQC3/qdZsQgIIyrFo+xZz7eSnazF3JswXIA/lZMzIZGCqIMuunvBR9/Ti/2zJ0xmVHkCMQDxVdR49cVYtgUWt8d/"
    "B9zPk3EJXFXVvJsdvaynQDO0pu5CyW7pgxDPf/rQhp78I6U=";

}  // namespace

TEST_SUITE("crypto/signature") {
    TEST_CASE("every key type verifies what it signed, with its native hash") {
        for (const auto* name :
             {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"}) {
            CAPTURE(name);
            KeySigner signer(key(name));
            const core::Bytes signature = signer.sign(message);
            const VerifiedMessage verified = verify(signer.public_key(), "the message", signature);
            CHECK(verified.hash == native_hash(signer.public_key().algorithm()));
        }
    }

    TEST_CASE("refuses another message, another key, and a changed, cut or empty signature") {
        for (const auto* name : {"p256", "p521", "rsa2048", "ed25519"}) {
            CAPTURE(name);
            KeySigner signer(key(name));
            const core::Bytes signature = signer.sign(message);
            CHECK_THROWS_AS(
                static_cast<void>(verify(signer.public_key(), "the massage", signature)),
                core::Error);
            CHECK_THROWS_AS(
                static_cast<void>(verify(key("p384").public_key(), "the message", signature)),
                core::Error);
            core::Bytes changed = signature;
            changed.at(changed.size() / 2) ^= std::byte{1};
            CHECK_THROWS_AS(static_cast<void>(verify(signer.public_key(), "the message", changed)),
                            core::Error);
            for (std::size_t length = 0; length < signature.size(); ++length) {
                const core::Bytes cut(signature.begin(),
                                      signature.begin() + static_cast<std::ptrdiff_t>(length));
                CHECK_THROWS_AS(static_cast<void>(verify(signer.public_key(), "the message", cut)),
                                core::Error);
            }
        }
    }

    TEST_CASE("takes SHA-256 under P-384 only when asked to") {
        const auto signature = core::from_base64(p384_with_sha256);
        REQUIRE(signature);
        const PublicKey public_key = key("p384").public_key();
        CHECK_THROWS_AS(static_cast<void>(verify(public_key, "the message", *signature)),
                        core::Error);
        CHECK(verify(public_key, "the message", *signature, HashChoice::native_or_sha256).hash ==
              HashAlgorithm::sha256);
    }

    TEST_CASE("a refused Ed25519 signature says that the prehashed form is not supported") {
        const core::Bytes signature(64, std::byte{7});
        try {
            static_cast<void>(verify(key("ed25519").public_key(), "the message", signature));
            FAIL("verified");
        } catch (const core::Error& error) {
            CHECK(error.kind() == core::ErrorKind::mismatch);
            CHECK(error.message().find("Ed25519ph") != std::string::npos);
        }
    }
}

}  // namespace modelseal::crypto
