// Owning handles for OpenSSL objects, and its error queue as text. Included by .cpp files only.
#pragma once

#include "common/core/error.hpp"
#include "common/core/handle.hpp"
#include "common/core/text.hpp"
#include "common/crypto/key_algorithm.hpp"

#include <array>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace modelseal::crypto {

using PkeyHandle = core::Handle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = core::Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using MdContext = core::Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bignum = core::Handle<BIGNUM, BN_free>;
using Pkcs8Handle = core::Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

/// An error for a failed OpenSSL call; empties the thread's error queue into its text.
[[nodiscard]] inline core::Error openssl_error(core::ErrorKind kind, std::string_view doing) {
    std::string message(doing);
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> text{};
        ERR_error_string_n(code, text.data(), text.size());
        message = core::concat(message, ": ", std::string_view(text.data()));
    }
    return {kind, std::move(message)};
}

/// OpenSSL's name for a hash.
[[nodiscard]] inline const EVP_MD* evp_md(HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case HashAlgorithm::sha256:
            return EVP_sha256();
        case HashAlgorithm::sha384:
            return EVP_sha384();
        case HashAlgorithm::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

}  // namespace modelseal::crypto
