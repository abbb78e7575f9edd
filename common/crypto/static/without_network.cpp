// Keeps OpenSSL's network client and module loader out of a statically linked executable.
//
// libcrypto.a is linked file by file: a few references draw in its HTTP client, the resolver and
// dlopen. Defined here first, they leave those files behind. What remains is an executable that
// cannot reach a network or load code, whatever its environment says. A test lists its symbols; a
// libcrypto that needs the files for another reason fails to link, because of two definitions.

extern "C" {

/// What the BIO core knows of sockets: no lock to free, nothing to end, nothing to wait for.
void* bio_lookup_lock = nullptr;

void bio_sock_cleanup_int() {}

int BIO_socket_wait() {
    return -1;
}

/// X509_load_http() and X509_CRL_load_http(): fetch nothing.
void* OSSL_HTTP_get() {
    return nullptr;
}

/// The way to load shared objects: none, so providers and engines are those built in.
void* DSO_METHOD_openssl() {
    return nullptr;
}
}
