// Ed25519 in pieces must be the Ed25519 of RFC 8032 and of OpenSSL, and refuse what they refuse.
#include "common/crypto/ed25519_stream.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

/// RFC 8032 section 7.1: seed, public key, message, signature.
struct Vector {
    std::string_view seed;
    std::string_view key;
    std::string_view message;
    std::string_view signature;
};

constexpr Vector rfc_vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

core::Bytes from_hex(std::string_view hex) {
    return core::from_hex(hex).value();
}

core::Bytes with_prefix(std::string_view prefix, std::string_view hex) {
    return from_hex(core::concat(prefix, hex));
}

PrivateKey private_key(std::string_view seed) {
    return PrivateKey::parse_pkcs8(with_prefix("302e020100300506032b657004220420", seed));
}

PublicKey public_key(std::string_view key) {
    return PublicKey::parse_spki(with_prefix("302a300506032b6570032100", key));
}

core::Bytes sign(const PrivateKey& key,
                 std::span<const std::byte> first,
                 std::span<const std::byte> second) {
    Ed25519Signature signature(key);
    signature.write(first);
    signature.start_next_pass();
    signature.write(second);
    return signature.finish().signature;
}

bool verifies(const PublicKey& key,
              std::span<const std::byte> message,
              std::span<const std::byte> signature) {
    Ed25519Check check(key, signature);
    check.write(message);
    try {
        return check.finish().hash == HashAlgorithm::sha512;
    } catch (const core::Error& error) {
        CHECK(error.kind() == core::ErrorKind::mismatch);
        CHECK(error.reason() == core::Reason::bad_signature);
        return false;
    }
}

bool openssl_verifies(const PublicKey& key,
                      std::span<const std::byte> message,
                      std::span<const std::byte> signature) {
    try {
        return verify_signature(key, HashChoice::native, message, signature).algorithm ==
               KeyAlgorithm::ed25519;
    } catch (const core::Error&) {
        return false;
    }
}

PrivateKey test_key() {
    return PrivateKey::parse_pem(test::read_data("cosign/keys/ed25519.pem"));
}

/// The order of the base point, little endian.
constexpr std::string_view order =
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// `left` + `right`, both of 32 bytes, little endian.
core::Bytes sum(const core::Bytes& left, const core::Bytes& right) {
    core::Bytes result;
    unsigned carry = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        carry += std::to_integer<unsigned>(left.at(i)) + std::to_integer<unsigned>(right.at(i));
        result.push_back(static_cast<std::byte>(carry & 0xFFU));
        carry >>= 8U;
    }
    return result;
}

}  // namespace

TEST_SUITE("crypto/ed25519_stream") {
    TEST_CASE("signs and verifies the vectors of RFC 8032") {
        for (const Vector& vector : rfc_vectors) {
            CAPTURE(vector.message);
            const core::Bytes message = from_hex(vector.message);
            CHECK(core::to_hex(sign(private_key(vector.seed), message, message)) ==
                  vector.signature);
            CHECK(verifies(public_key(vector.key), message, from_hex(vector.signature)));
        }
    }

    TEST_CASE("makes the signature that OpenSSL makes, for 200 messages") {
        const PrivateKey key = test_key();
        KeySigner whole(key);
        core::Bytes message;
        for (unsigned i = 0; i < 200; ++i) {
            CHECK(sign(key, message, message) == whole.sign(message));
            message.push_back(static_cast<std::byte>(i * 31));
        }
    }

    TEST_CASE("two passes over different content make no signature") {
        const auto error = test::error_of([] {
            static_cast<void>(
                sign(test_key(), core::as_bytes("content"), core::as_bytes("contend")));
        });
        CHECK(error.kind() == core::ErrorKind::io);
        CHECK(error.reason() == core::Reason::changed_while_read);
    }

    TEST_CASE("one pass makes no signature") {
        Ed25519Signature signature(test_key());
        signature.write(core::as_bytes("content"));
        CHECK(test::error_of([&] { static_cast<void>(signature.finish()); }).reason() ==
              core::Reason::changed_while_read);
    }

    TEST_CASE("refuses every changed bit and every other length of a signature") {
        const PrivateKey key = test_key();
        const auto message = core::as_bytes("content");
        const core::Bytes signature = sign(key, message, message);
        CHECK(verifies(key.public_key(), message, signature));
        CHECK_FALSE(verifies(key.public_key(), core::as_bytes("contend"), signature));
        for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
            core::Bytes changed = signature;
            changed.at(bit / 8) ^= std::byte{1} << static_cast<int>(bit % 8);
            CHECK_FALSE(verifies(key.public_key(), message, changed));
        }
        for (std::size_t size = 0; size < signature.size(); ++size) {
            CHECK_FALSE(verifies(key.public_key(), message, std::span(signature).first(size)));
        }
        core::Bytes longer = signature;
        longer.push_back(std::byte{0});
        CHECK_FALSE(verifies(key.public_key(), message, longer));
    }

    TEST_CASE("refuses the second way to write a signature, as OpenSSL does") {
        const PrivateKey key = test_key();
        const auto message = core::as_bytes("content");
        core::Bytes signature = sign(key, message, message);
        const core::Bytes other =
            sum(core::Bytes(signature.begin() + 32, signature.end()), from_hex(order));
        std::copy(other.begin(), other.end(), signature.begin() + 32);
        CHECK_FALSE(verifies(key.public_key(), message, signature));
        CHECK_FALSE(openssl_verifies(key.public_key(), message, signature));
    }

    TEST_CASE("refuses keys of small order, with which one signature verifies for many messages") {
        // The identity as key and as R, S = 0: the equation holds for every message.
        const PublicKey identity =
            public_key("0100000000000000000000000000000000000000000000000000000000000000");
        const core::Bytes signature = from_hex(
            "01000000000000000000000000000000000000000000000000000000000000000000000000000000"
            "000000000000000000000000000000000000000000000000");
        REQUIRE(openssl_verifies(identity, core::as_bytes("any message"), signature));
        CHECK_FALSE(verifies(identity, core::as_bytes("any message"), signature));
    }

    TEST_CASE("agrees with OpenSSL about changed keys and signatures") {
        const PrivateKey key = test_key();
        const auto message = core::as_bytes("content");
        const core::Bytes signature = sign(key, message, message);
        for (const auto* name : {"p256", "rsa2048"}) {
            CHECK_THROWS_AS(Ed25519Check(PublicKey::parse_pem(test::read_data(
                                             core::concat("cosign/keys/", name, ".pub"))),
                                         signature),
                            core::Error);
        }
        for (unsigned byte = 0; byte < 32; ++byte) {
            core::Bytes changed = key.public_key().spki_der();
            changed.at(changed.size() - 32 + byte) ^= std::byte{4};
            const PublicKey other = PublicKey::parse_spki(changed);
            CHECK(verifies(other, message, signature) ==
                  openssl_verifies(other, message, signature));
        }
    }
}

}  // namespace modelseal::crypto
