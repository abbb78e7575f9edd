#include "common/crypto/encrypted_key_file.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>
#include <sodium.h>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr std::string_view label_written = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view label_old = "ENCRYPTED COSIGN PRIVATE KEY";

/// What the JSON document inside the PEM block holds.
struct EncryptedKey {
    KeyProtection protection;
    core::Bytes box;
};

const unsigned char* as_unsigned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

const unsigned char* as_unsigned(const core::Secret& secret) noexcept {
    return reinterpret_cast<const unsigned char*>(secret.reveal().data());
}

void require_name(const core::Json& object, std::string_view expected) {
    const std::string name = core::require_string(object, "name");
    if (name != expected) {
        throw Error(ErrorKind::malformed,
                    Reason::unsupported,
                    concat("the key file uses ", core::in_quotes(name), ", not ", expected));
    }
}

core::Bytes require_bytes(const core::Json& object, std::string_view key) {
    auto bytes = core::from_base64(core::require_string(object, key));
    if (!bytes) {
        throw Error(ErrorKind::malformed, concat("the field \"", key, "\" is not base64"));
    }
    return std::move(*bytes);
}

template <std::size_t size>
std::array<std::byte, size> require_array_of(const core::Json& object, std::string_view key) {
    const core::Bytes bytes = require_bytes(object, key);
    if (bytes.size() != size) {
        throw Error(ErrorKind::malformed,
                    concat("the field \"", key, "\" has ", bytes.size(), " bytes, not ", size));
    }
    std::array<std::byte, size> array{};
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

EncryptedKey parse_document(std::string_view text) {
    const core::Json document = core::parse_json(text, {.size = 65536, .depth = 8});
    const core::Json& kdf = core::require_object(document, "kdf");
    require_name(kdf, "scrypt");
    const core::Json& cost = core::require_object(kdf, "params");
    const core::Json& cipher = core::require_object(document, "cipher");
    require_name(cipher, "nacl/secretbox");
    return {
        .protection = {.parameters = ScryptParameters::checked(core::require_unsigned(cost, "N"),
                                                               core::require_unsigned(cost, "r"),
                                                               core::require_unsigned(cost, "p")),
                       .salt = require_array_of<32>(kdf, "salt"),
                       .nonce = require_array_of<24>(cipher, "nonce")},
        .box = require_bytes(document, "ciphertext")};
}

core::Secret open_box(const EncryptedKey& encrypted, const core::Secret& password) {
    if (encrypted.box.size() <= crypto_secretbox_MACBYTES) {
        throw Error(ErrorKind::malformed, "the key file's ciphertext is too short");
    }
    const core::Secret key =
        derive_key(password, encrypted.protection.salt, encrypted.protection.parameters);
    std::string opened(encrypted.box.size() - crypto_secretbox_MACBYTES, '\0');
    const int result = crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(opened.data()),
                                                  as_unsigned(encrypted.box),
                                                  encrypted.box.size(),
                                                  as_unsigned(encrypted.protection.nonce),
                                                  as_unsigned(key));
    core::Secret content(opened);
    core::wipe(opened);
    if (result != 0) {
        throw Error(ErrorKind::denied,
                    Reason::wrong_password,
                    "the password does not open the private key (or the key file is damaged)");
    }
    return content;
}

std::string to_document(const EncryptedKey& encrypted) {
    const KeyProtection& protection = encrypted.protection;
    return core::to_go_json(
        {{"kdf",
          {{"name", "scrypt"},
           {"params",
            {{"N", protection.parameters.n()},
             {"r", ScryptParameters::r},
             {"p", ScryptParameters::p}}},
           {"salt", core::to_base64(protection.salt)}}},
         {"cipher", {{"name", "nacl/secretbox"}, {"nonce", core::to_base64(protection.nonce)}}},
         {"ciphertext", core::to_base64(encrypted.box)}});
}

void require_label(const PemBlock& block) {
    if (block.label != label_written && block.label != label_old) {
        throw Error(ErrorKind::malformed,
                    concat("unsupported PEM type ",
                           core::in_quotes(block.label),
                           "; convert a plain key with cosign-modelseal import-key-pair"));
    }
}

}  // namespace

KeyProtection KeyProtection::random() {
    if (sodium_init() < 0) {
        throw Error(ErrorKind::internal, "libsodium cannot be initialised");
    }
    KeyProtection protection{.parameters = ScryptParameters::standard(), .salt = {}, .nonce = {}};
    randombytes_buf(protection.salt.data(), protection.salt.size());
    randombytes_buf(protection.nonce.data(), protection.nonce.size());
    return protection;
}

std::string encrypt_key_file(const PrivateKey& key,
                             const core::Secret& password,
                             const KeyProtection& protection) {
    const core::Secret content = key.to_pkcs8();
    const core::Secret box_key = derive_key(password, protection.salt, protection.parameters);
    EncryptedKey encrypted{.protection = protection,
                           .box = core::Bytes(content.reveal().size() + crypto_secretbox_MACBYTES)};
    // Encrypting the key is what its bytes are revealed for. crypto_secretbox_easy cannot fail for
    // sizes below 2^64 - 16.
    static_cast<void>(crypto_secretbox_easy(reinterpret_cast<unsigned char*>(encrypted.box.data()),
                                            as_unsigned(content),
                                            content.reveal().size(),
                                            as_unsigned(protection.nonce),
                                            as_unsigned(box_key)));
    return to_pem(label_written, core::as_bytes(to_document(encrypted)));
}

void require_encrypted_key_file(std::string_view text) {
    require_label(parse_first_pem(text));
}

PrivateKey decrypt_key_file(std::string_view text, const core::Secret& password) {
    const PemBlock block = parse_first_pem(text);
    require_label(block);
    const EncryptedKey encrypted = core::with_context("reading the private key file", [&] {
        return parse_document(core::as_text(block.content));
    });
    const core::Secret content = open_box(encrypted, password);
    return PrivateKey::parse_pkcs8(core::as_bytes(content.reveal()));
}

}  // namespace modelseal::crypto
