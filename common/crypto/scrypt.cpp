#include "common/crypto/scrypt.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <array>

#include <sodium.h>

namespace modelseal::crypto {

ScryptParameters ScryptParameters::checked(std::uint64_t n, std::uint64_t r, std::uint64_t p) {
    const bool known_cost = n == 32768 || n == 65536 || n == 131072;
    if (!known_cost || r != ScryptParameters::r || p != ScryptParameters::p) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::unsupported,
                          core::concat("unsupported scrypt parameters N=",
                                       n,
                                       ", r=",
                                       r,
                                       ", p=",
                                       p,
                                       "; cosign's key files have N=32768, 65536 or 131072, r=8, "
                                       "p=1"));
    }
    return ScryptParameters(n);
}

core::Secret derive_key(const core::Secret& password,
                        std::span<const std::byte> salt,
                        const ScryptParameters& parameters) {
    std::array<unsigned char, 32> key{};
    // Key derivation is where the password's characters are needed. libsodium maps its memory and
    // unmaps it before it returns, so that a transfer afterwards starts small.
    const std::string_view text = password.reveal();
    if (crypto_pwhash_scryptsalsa208sha256_ll(reinterpret_cast<const unsigned char*>(text.data()),
                                              text.size(),
                                              reinterpret_cast<const unsigned char*>(salt.data()),
                                              salt.size(),
                                              parameters.n(),
                                              ScryptParameters::r,
                                              ScryptParameters::p,
                                              key.data(),
                                              key.size()) != 0) {
        throw core::Error(core::ErrorKind::internal,
                          "not enough memory to derive a key with scrypt (it takes up to 128 MiB)");
    }
    core::Secret derived(std::string_view(reinterpret_cast<const char*>(key.data()), key.size()));
    sodium_memzero(key.data(), key.size());
    return derived;
}

}  // namespace modelseal::crypto
