#include "common/crypto/encrypted_key_file.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <cstdint>

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

std::string cosign_key() {
    return test::read_data("cosign/cosign.key");
}

/// Salt 00..1f and nonce 00..17.
KeyProtection counting(std::uint64_t n) {
    KeyProtection protection{
        .parameters = ScryptParameters::checked(n, 8, 1), .salt = {}, .nonce = {}};
    for (std::size_t i = 0; i < protection.salt.size(); ++i) {
        protection.salt.at(i) = static_cast<std::byte>(i);
    }
    for (std::size_t i = 0; i < protection.nonce.size(); ++i) {
        protection.nonce.at(i) = static_cast<std::byte>(i);
    }
    return protection;
}

std::string derived(std::uint64_t n) {
    const KeyProtection protection = counting(n);
    return core::to_hex(core::as_bytes(
        derive_key(core::Secret("secret"), protection.salt, protection.parameters).reveal()));
}

/// The key file around a changed JSON document.
std::string with_document(std::string_view from, std::string_view to) {
    const PemBlock block = parse_first_pem(cosign_key());
    const std::string document =
        test::replaced(std::string(core::as_text(block.content)), from, to);
    return to_pem(block.label, core::as_bytes(document));
}

core::Error refusal(const std::string& text, std::string_view password = "pw") {
    return test::error_of([&] { return decrypt_key_file(text, core::Secret(password)); });
}

}  // namespace

TEST_SUITE("crypto/encrypted_key_file") {
    TEST_CASE("opens the key file that cosign wrote") {
        const PrivateKey key = decrypt_key_file(cosign_key(), core::Secret("pw"));
        CHECK(key.public_key() == PublicKey::parse_pem(test::read_data("cosign/cosign.pub")));
    }

    TEST_CASE("opens the old PEM type") {
        const PemBlock block = parse_first_pem(cosign_key());
        const std::string old = to_pem("ENCRYPTED COSIGN PRIVATE KEY", block.content);
        CHECK_NOTHROW(static_cast<void>(decrypt_key_file(old, core::Secret("pw"))));
    }

    TEST_CASE("derives the keys that Go's scrypt derives, at every accepted cost") {
        CHECK(derived(32768) == "eca71f73ab0369bf9ccac4fc5e31a5cda4c70b64bd27f7a1d0588851bbea6845");
        CHECK(derived(65536) == "61f4b0a5fca4080bd53a64b166657255aab675c103fc4ee667518cef9dd6597c");
        CHECK(derived(131072) ==
              "813f85e8b515426c5148648170bb6e94f3bc0c881173f9e9a60bdda35a796a2a");
    }

    TEST_CASE("encrypts as NaCl's secretbox does, in cosign's order of fields") {
        const PrivateKey key = decrypt_key_file(cosign_key(), core::Secret("pw"));
        const std::string text = encrypt_key_file(key, core::Secret("secret"), counting(65536));
        const PemBlock block = parse_first_pem(text);
        CHECK(block.label == "ENCRYPTED SIGSTORE PRIVATE KEY");
        const std::string_view document = core::as_text(block.content);
        const std::string_view start =
            R"({"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},)"
            R"("cipher":{"name":"nacl/secretbox","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"},"ciphertext":")";
        REQUIRE(document.starts_with(start));
        const auto head = core::from_base64(document.substr(start.size(), 32));
        REQUIRE(head);
        CHECK(core::to_hex(*head) == "ab50bf14fbeb0b8ad4cf178ec4ac40a6310ecf208d36419c");
        CHECK(decrypt_key_file(text, core::Secret("secret")).public_key() == key.public_key());
    }

    TEST_CASE("an empty password is a password, and a newline is part of one") {
        const PrivateKey key = PrivateKey::generate();
        const std::string empty = encrypt_key_file(key, core::Secret(""), counting(32768));
        CHECK(decrypt_key_file(empty, core::Secret("")).public_key() == key.public_key());
        CHECK(refusal(empty, "x").reason() == core::Reason::wrong_password);
        CHECK(refusal(cosign_key(), "pw\n").reason() == core::Reason::wrong_password);
    }

    TEST_CASE("random protection differs each time and has cosign's cost") {
        const KeyProtection first = KeyProtection::random();
        const KeyProtection second = KeyProtection::random();
        CHECK(first.salt != second.salt);
        CHECK(first.nonce != second.nonce);
        CHECK(first.parameters.n() == 65536);
    }

    TEST_CASE("a wrong password is denied, not malformed") {
        const core::Error error = refusal(cosign_key(), "wrong");
        CHECK(error.kind() == core::ErrorKind::denied);
        CHECK(error.reason() == core::Reason::wrong_password);
    }

    TEST_CASE("refuses costs that cosign refuses, before it spends them") {
        for (const auto* cost :
             {"\"N\":1048576", "\"N\":16384", "\"N\":0", "\"N\":-1", "\"N\":65536.0"}) {
            CAPTURE(cost);
            CHECK(refusal(with_document("\"N\":65536", cost)).kind() == core::ErrorKind::malformed);
        }
        CHECK(refusal(with_document("\"r\":8", "\"r\":16")).kind() == core::ErrorKind::malformed);
        CHECK(refusal(with_document("\"p\":1", "\"p\":2")).kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("refuses another key derivation or cipher") {
        CHECK(refusal(with_document("\"scrypt\"", "\"argon2\"")).reason() ==
              core::Reason::unsupported);
        CHECK(refusal(with_document("nacl/secretbox", "aes-256-gcm")).reason() ==
              core::Reason::unsupported);
    }

    TEST_CASE("refuses a salt, nonce or ciphertext of the wrong length or encoding") {
        CHECK(refusal(with_document("\"salt\":\"", "\"salt\":\"AAAA")).kind() ==
              core::ErrorKind::malformed);
        CHECK(refusal(with_document("\"nonce\":\"", "\"nonce\":\"AAAA")).kind() ==
              core::ErrorKind::malformed);
        CHECK(refusal(with_document("\"nonce\":\"", "\"nonce\":\"!")).kind() ==
              core::ErrorKind::malformed);
        CHECK(refusal(with_document("\"ciphertext\":", "\"ciphertext\":\"\",\"x\":")).kind() ==
              core::ErrorKind::malformed);
    }

    TEST_CASE("refuses a plain key and says how to convert it") {
        const core::Error error = refusal(test::read_data("cosign/keys/p256.pem"));
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.message().find("import-key-pair") != std::string::npos);
    }

    TEST_CASE("refuses the file and its document cut short at every byte") {
        const std::string text = cosign_key();
        for (std::size_t length = 0; length + 1 < text.size(); ++length) {
            CHECK(refusal(text.substr(0, length)).kind() == core::ErrorKind::malformed);
        }
        const PemBlock block = parse_first_pem(text);
        for (std::size_t length = 1; length < block.content.size(); ++length) {
            const std::string cut = to_pem(block.label, std::span(block.content).first(length));
            CHECK(refusal(cut).kind() == core::ErrorKind::malformed);
        }
    }
}

}  // namespace modelseal::crypto
