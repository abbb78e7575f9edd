#include "common/crypto/signature.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <functional>

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

    TEST_CASE("every key type but Ed25519 signs and verifies a digest as it does the message") {
        for (const auto* name : {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096"}) {
            CAPTURE(name);
            KeySigner signer(key(name));
            const HashAlgorithm hash = native_hash(signer.public_key().algorithm());
            const MessageDigest digest{.algorithm = hash, .bytes = hash_of(hash, message)};
            const core::Bytes of_digest = signer.sign_digest(digest.bytes);
            CHECK(verify(signer.public_key(), "the message", of_digest).hash == hash);
            const core::Bytes of_message = signer.sign(message);
            const auto verify_by_digest = [&](const MessageDigest& by) {
                return verify_digest(
                    signer.public_key(), HashChoice::native, std::span(&by, 1), of_message);
            };
            CHECK(verify_by_digest(digest).hash == hash);
            MessageDigest other = digest;
            other.bytes.at(0) ^= std::byte{1};
            CHECK_THROWS_AS(static_cast<void>(verify_by_digest(other)), core::Error);
            core::Bytes cut = digest.bytes;
            cut.pop_back();
            CHECK_THROWS_AS(static_cast<void>(signer.sign_digest(cut)), core::Error);
        }
    }

    TEST_CASE("a digest by SHA-256 counts under P-384 only when asked to") {
        const auto signature = core::from_base64(p384_with_sha256);
        REQUIRE(signature);
        const MessageDigest digest{.algorithm = HashAlgorithm::sha256,
                                   .bytes = hash_of(HashAlgorithm::sha256, message)};
        const PublicKey public_key = key("p384").public_key();
        CHECK(verify_digest(
                  public_key, HashChoice::native_or_sha256, std::span(&digest, 1), *signature)
                  .hash == HashAlgorithm::sha256);
        CHECK_THROWS_AS(static_cast<void>(verify_digest(
                            public_key, HashChoice::native, std::span(&digest, 1), *signature)),
                        core::Error);
    }

    TEST_CASE("Ed25519 refuses digests, for signing and verifying, as what they are") {
        KeySigner signer(key("ed25519"));
        const MessageDigest digest{.algorithm = HashAlgorithm::sha512,
                                   .bytes = hash_of(HashAlgorithm::sha512, message)};
        for (const auto& attempt :
             {std::function<void()>([&] { static_cast<void>(signer.sign_digest(digest.bytes)); }),
              std::function<void()>([&] {
                  static_cast<void>(verify_digest(signer.public_key(),
                                                  HashChoice::native,
                                                  std::span(&digest, 1),
                                                  signer.sign(message)));
              })}) {
            const auto error = test::error_of(attempt);
            CHECK(error.kind() == core::ErrorKind::usage);
            CHECK(error.reason() == core::Reason::unsupported);
        }
    }
}

}  // namespace modelseal::crypto
