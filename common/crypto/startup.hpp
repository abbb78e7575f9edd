// What a process that verifies must do before it uses OpenSSL.
#pragma once

namespace modelseal::crypto {

/// Starts OpenSSL without its configuration file. OPENSSL_CONF and openssl.cnf can name modules to
/// load: whoever sets a variable of the verifier's container could replace the code that verifies.
/// Call it before anything else touches OpenSSL. Errors: internal.
void start_without_configuration();

}  // namespace modelseal::crypto
