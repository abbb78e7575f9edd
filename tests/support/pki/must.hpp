// Results of OpenSSL that a test cannot do without. Included by .cpp files only.
#pragma once

#include "common/crypto/openssl_handles.hpp"

namespace modelseal::pki {

/// The object, or what OpenSSL says.
template <typename Object>
Object* must(Object* object) {
    if (object == nullptr) {
        throw crypto::openssl_error(core::ErrorKind::internal, "making test material");
    }
    return object;
}

inline void must(int result) {
    if (result <= 0) {
        throw crypto::openssl_error(core::ErrorKind::internal, "making test material");
    }
}

}  // namespace modelseal::pki
