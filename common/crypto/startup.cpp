#include "common/crypto/startup.hpp"

#include "common/core/error.hpp"

#include <openssl/crypto.h>

namespace modelseal::crypto {

void start_without_configuration() {
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1) {
        throw core::Error(core::ErrorKind::internal, "OpenSSL cannot be initialised");
    }
}

}  // namespace modelseal::crypto
