#include "tests/support/pki/certificate_builder.hpp"

#include "common/crypto/x509/object_identifier.hpp"
#include "common/crypto/x509/x509_handles.hpp"
#include "tests/support/pki/must.hpp"

namespace modelseal::pki {

namespace {

using ExtensionHandle = core::Handle<X509_EXTENSION, X509_EXTENSION_free>;
using OctetsHandle = core::Handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

void set_serial(X509* certificate, const std::string& hexadecimal) {
    BIGNUM* number = nullptr;
    if (hexadecimal.empty()) {
        number = must(BN_new());
        must(BN_rand(number, 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
    } else {
        must(BN_hex2bn(&number, hexadecimal.c_str()));
    }
    const crypto::Bignum owned(number);
    must(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
}

void set_name(X509_NAME* to, const std::string& name) {
    if (!name.empty()) {
        must(X509_NAME_add_entry_by_txt(to,
                                        "CN",
                                        MBSTRING_UTF8,
                                        reinterpret_cast<const unsigned char*>(name.data()),
                                        static_cast<int>(name.size()),
                                        -1,
                                        0));
    }
}

}  // namespace

CertificateBuilder::CertificateBuilder(const std::string& name,
                                       const Key& key,
                                       const crypto::Certificate* issuer,
                                       CommonOptions options)
    : certificate_(must(X509_new()), X509_free), options_(std::move(options)) {
    X509* made = certificate_.get();
    must(X509_set_version(made, X509_VERSION_3));
    set_serial(made, options_.serial);
    set_name(X509_get_subject_name(made), name);
    X509* above = issuer == nullptr ? made : issuer->native();
    must(X509_set_issuer_name(made, X509_get_subject_name(above)));
    must(ASN1_TIME_set(X509_getm_notBefore(made), options_.not_before.unix_seconds()));
    must(ASN1_TIME_set(X509_getm_notAfter(made), options_.not_after.unix_seconds()));
    must(X509_set_pubkey(made, key.native()));
    add_configured(issuer, NID_key_usage, options_.key_usage);
    add_configured(issuer, NID_ext_key_usage, options_.extended_key_usage);
    add_configured(issuer, NID_basic_constraints, options_.basic_constraints);
    add_configured(issuer, NID_name_constraints, options_.name_constraints);
    add_configured(issuer, NID_subject_key_identifier, "hash");
    add_configured(issuer, NID_authority_key_identifier, "keyid");
    for (const Extension& extension : options_.extensions) {
        add(extension);
    }
}

void CertificateBuilder::add_configured(const crypto::Certificate* issuer,
                                        int type,
                                        const std::string& value) {
    if (value.empty()) {
        return;
    }
    X509* made = certificate_.get();
    X509V3_CTX context{};
    X509V3_set_ctx(
        &context, issuer == nullptr ? made : issuer->native(), made, nullptr, nullptr, 0);
    const ExtensionHandle extension(
        must(X509V3_EXT_conf_nid(nullptr, &context, type, value.c_str())));
    must(X509_add_ext(made, extension.get(), -1));
}

void CertificateBuilder::add(const Extension& extension) {
    const crypto::ObjectHandle type = crypto::to_object(extension.oid);
    const OctetsHandle content(must(ASN1_OCTET_STRING_new()));
    must(ASN1_OCTET_STRING_set(content.get(),
                               crypto::as_unsigned(extension.content),
                               static_cast<int>(extension.content.size())));
    const ExtensionHandle made(must(X509_EXTENSION_create_by_OBJ(
        nullptr, type.get(), extension.critical ? 1 : 0, content.get())));
    must(X509_add_ext(certificate_.get(), made.get(), -1));
}

void CertificateBuilder::sign_native(const Key& issuer) const {
    const EVP_MD* hash = issuer.type() == KeyType::ed25519
                             ? nullptr
                             : must(EVP_get_digestbyname(options_.hash.c_str()));
    must(X509_sign(certificate_.get(), issuer.native(), hash));
}

core::Bytes CertificateBuilder::tbs(const Key& issuer) const {
    sign_native(issuer);  // the algorithm of the signature is part of what is signed
    return crypto::to_der<i2d_re_X509_tbs>(certificate_.get());
}

crypto::Certificate CertificateBuilder::sign(const Key& issuer) {
    sign_native(issuer);
    core::Bytes der = crypto::to_der<i2d_X509>(certificate_.get());
    if (options_.bad_signature) {
        der.back() ^= std::byte{1};
    }
    return crypto::Certificate::parse_der(der);
}

}  // namespace modelseal::pki
