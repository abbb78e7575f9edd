#include "tests/support/pki/key.hpp"

#include "common/crypto/x509/x509_handles.hpp"
#include "tests/support/pki/must.hpp"

namespace modelseal::pki {

namespace {

EVP_PKEY* new_key(KeyType type) {
    switch (type) {
        case KeyType::p224:
            return EVP_EC_gen("P-224");
        case KeyType::p256:
            return EVP_EC_gen("P-256");
        case KeyType::p384:
            return EVP_EC_gen("P-384");
        case KeyType::p521:
            return EVP_EC_gen("P-521");
        case KeyType::rsa1024:
            return EVP_RSA_gen(1024);
        case KeyType::rsa2048:
            return EVP_RSA_gen(2048);
        case KeyType::ed25519:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    return nullptr;
}

}  // namespace

Key Key::generate(KeyType type) {
    return {std::shared_ptr<EVP_PKEY>(must(new_key(type)), EVP_PKEY_free), type};
}

crypto::PublicKey Key::public_key() const {
    return crypto::PublicKey::from_key(key_);
}

crypto::PrivateKey Key::private_key() const {
    const crypto::Pkcs8Handle info(must(EVP_PKEY2PKCS8(native())));
    return crypto::PrivateKey::parse_pkcs8(crypto::to_der<i2d_PKCS8_PRIV_KEY_INFO>(info.get()));
}

core::Bytes Key::spki_der() const {
    return crypto::to_der<i2d_PUBKEY>(native());
}

core::Bytes Key::sign(std::span<const std::byte> message) const {
    const crypto::MdContext context(must(EVP_MD_CTX_new()));
    const EVP_MD* hash = type_ == KeyType::ed25519 ? nullptr : EVP_sha256();
    std::size_t size = 0;
    must(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, native()));
    must(EVP_DigestSign(
        context.get(), nullptr, &size, crypto::as_unsigned(message), message.size()));
    core::Bytes signature(size);
    must(EVP_DigestSign(context.get(),
                        reinterpret_cast<unsigned char*>(signature.data()),
                        &size,
                        crypto::as_unsigned(message),
                        message.size()));
    signature.resize(size);
    return signature;
}

}  // namespace modelseal::pki
