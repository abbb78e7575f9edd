// Owning handles for OpenSSL's certificates and what is made of them. Included by .cpp files only.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/openssl_handles.hpp"

#include <span>

#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace modelseal::crypto {

inline void free_certificates(STACK_OF(X509) * certificates) noexcept {
    sk_X509_pop_free(certificates, X509_free);
}

inline void free_certificate_stack(STACK_OF(X509) * certificates) noexcept {
    sk_X509_free(certificates);
}

using X509Handle = core::Handle<X509, X509_free>;
using X509Stack = core::Handle<STACK_OF(X509), free_certificates>;
using X509View = core::Handle<STACK_OF(X509), free_certificate_stack>;  // owns no certificate
using StoreHandle = core::Handle<X509_STORE, X509_STORE_free>;
using StoreContext = core::Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
using ObjectHandle = core::Handle<ASN1_OBJECT, ASN1_OBJECT_free>;
using NamesHandle = core::Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using UsageHandle = core::Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using BioHandle = core::Handle<BIO, BIO_free>;
using ResponseHandle = core::Handle<TS_RESP, TS_RESP_free>;
using InfoHandle = core::Handle<TS_TST_INFO, TS_TST_INFO_free>;
using TimestampContext = core::Handle<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

[[nodiscard]] inline const unsigned char* as_unsigned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// The content of a string, time, name or octet string.
[[nodiscard]] inline std::span<const std::byte> content_of(const ASN1_STRING* text) noexcept {
    return std::as_bytes(
        std::span(ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))));
}

/// What one of OpenSSL's i2d_ functions writes. Errors: internal.
template <auto encode, typename Object>
[[nodiscard]] core::Bytes to_der(Object* object) {
    unsigned char* encoded = nullptr;
    const int size = encode(object, &encoded);
    if (size < 0) {
        throw openssl_error(core::ErrorKind::internal, "encoding DER");
    }
    const auto bytes = std::as_bytes(std::span(encoded, static_cast<std::size_t>(size)));
    core::Bytes copy(bytes.begin(), bytes.end());
    OPENSSL_free(encoded);
    return copy;
}

/// As a kind of error with a reason, with OpenSSL's own words behind it.
[[nodiscard]] inline core::Error openssl_error(core::ErrorKind kind,
                                               core::Reason reason,
                                               std::string_view doing) {
    return {kind, reason, openssl_error(kind, doing).message()};
}

}  // namespace modelseal::crypto
