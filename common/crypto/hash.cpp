#include "common/crypto/hash.hpp"

#include "common/crypto/openssl_handles.hpp"

namespace modelseal::crypto {

core::Bytes hash_of(HashAlgorithm algorithm, std::span<const std::byte> message) {
    const EVP_MD* md = evp_md(algorithm);
    core::Bytes hash(static_cast<std::size_t>(EVP_MD_get_size(md)));
    if (EVP_Digest(message.data(),
                   message.size(),
                   reinterpret_cast<unsigned char*>(hash.data()),
                   nullptr,
                   md,
                   nullptr) != 1) {
        throw openssl_error(core::ErrorKind::internal, "hashing a message");
    }
    return hash;
}

}  // namespace modelseal::crypto
